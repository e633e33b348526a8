import { describe, expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import { smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

/**
 * Sixteen slots, each a second for an answer of 100 steps: 16 requests per second. The pulse brings
 * twice that for a minute. Whoever waits longer than four seconds for a slot has his answer cut off
 * by the timeout, so that the work is done in vain; and whoever sends again makes more of it.
 */
function shareOk(retries: number, { pulse, seed }: { pulse: boolean; seed: number }) {
  const usual = 0.8 * 16;
  const points = pulse
    ? [
        { at: '0s', rate: usual },
        { at: '2m', rate: 32 },
        { at: '3m', rate: usual },
      ]
    : [{ at: '0s', rate: usual }];
  const scenario = smallScenario({
    engine: { maxNumSeqs: 8 },
    traffic: [
      {
        arrivals: { kind: 'poisson', rate: { kind: 'steps', points } },
        input: { kind: 'constant', tokens: 10 },
        output: { kind: 'constant', tokens: 100 },
        client: { timeout: '5s', retries, backoff: '1s' },
      },
    ],
    warmup: '0s',
    duration: '13m',
  });
  const strategy = strategyNamed('least-requests');
  const { log } = simulate({ scenario, strategy, strategyOptions: {}, seed });
  const rows = [...log.rows()];
  return (fromM: number, untilM: number) => {
    const within = rows.filter(
      ({ intendedUs }) => intendedUs >= fromM * 60e6 && intendedUs < untilM * 60e6,
    );
    expect(within.length).toBeGreaterThan(600);
    return within.filter(({ outcome }) => outcome === 'ok').length / within.length;
  };
}

describe.each([1, 2, 3])('an overload of a minute, under seed %i,', (seed) => {
  test('is over soon after it where clients give up', () => {
    const during = shareOk(0, { pulse: true, seed });
    expect(during(0, 2)).toBeGreaterThan(0.99);
    expect(during(2, 3)).toBeLessThan(0.5);
    expect(during(4, 13)).toBeGreaterThan(0.99);
  });

  test('never ends where they send again, though the load is what was served before', () => {
    const during = shareOk(3, { pulse: true, seed });
    expect(during(0, 2)).toBeGreaterThan(0.99);
    expect(during(2, 3)).toBeLessThan(0.5);
    expect(during(4, 13)).toBeLessThan(0.1);
    expect(during(12, 13)).toBeLessThan(0.1);
  });

  test('is what it takes: without it, sending again does no harm', () => {
    expect(shareOk(3, { pulse: false, seed })(0, 13)).toBeGreaterThan(0.99);
  });
});
