import { expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import roundRobin from '../../strategies/round-robin.ts';
import type { GivenRequest } from '../support/given-requests.ts';
import { rowsOf, runPlain } from '../support/plain-fleet.ts';
import { type SmallScenario, smallScenario } from '../support/scenarios.ts';

const network = { kind: 'network', at: '1s', replicas: ['r-1'], for: '4s' };

function timesOf(overrides: SmallScenario, requests: readonly GivenRequest[]): string[] {
  return rowsOf(runPlain(overrides, requests)).map(
    ({ endUs, firstTokenUs, outcome }) => `${outcome} ${firstTokenUs / 1_000} ${endUs / 1_000}`,
  );
}

test('a delay adds itself twice to the first token and to the end', () => {
  const requests = [500, 2_000, 6_000].map((atMs) => ({ atMs, outputTokens: 5 }));
  expect(timesOf({ events: [{ ...network, delay: '30ms' }] }, requests)).toEqual([
    'ok 510 550',
    'ok 2070 2110',
    'ok 6010 6050',
  ]);
});

test('what is under way when a delay ends is not overtaken by what follows', () => {
  // The first token leaves at 4,990 ms by the slow way and the last at 5,030 by the fast one.
  const requests = [{ atMs: 4_900, outputTokens: 5 }];
  expect(timesOf({ events: [{ ...network, delay: '80ms' }] }, requests)).toEqual(['ok 5070 5070']);
});

test('while the way is cut nobody gets through, and what was said is said again after it', () => {
  const requests = [
    { atMs: 900, outputTokens: 5 },
    { atMs: 960, outputTokens: 50 },
    { atMs: 2_000, outputTokens: 5 },
    { atMs: 5_100, outputTokens: 5 },
  ];
  expect(timesOf({ events: [{ ...network, loss: 1 }] }, requests)).toEqual([
    'ok 910 950',
    'ok 970 5000',
    'failed NaN 5000',
    'ok 5110 5150',
  ]);
});

test('a replica computes in vain for a client that it does not hear leave', () => {
  const busyUs = (loss: number) => {
    const scenario = smallScenario({
      replicas: 1,
      warmup: '0s',
      traffic: [
        {
          arrivals: { kind: 'constant', rate: 1 },
          lengths: [[64, 900]],
          client: { timeout: '500ms' },
        },
      ],
      events: [{ ...network, at: '2200ms', delay: '1ms', loss }],
    });
    const options = { scenario, strategy: roundRobin, strategyOptions: {}, seed: 2 };
    return simulate({ ...options, checkInvariants: true }).replicas[0]!.busyUs;
  };
  // It has somebody to serve for half of the time, and for all of it while it is cut off.
  expect(busyUs(0)).toBeLessThan(6_000_000);
  expect(busyUs(1)).toBeGreaterThan(busyUs(0) + 1_500_000);
});

test('a share of the requests is lost, by chance and the same again', () => {
  const scenario = smallScenario({
    replicas: 2,
    traffic: [{ arrivals: { kind: 'poisson', rate: 100 }, client: { timeout: '1s' } }],
    events: [{ ...network, at: '0s', loss: 0.2, for: '1h' }],
  });
  const run = (seed: number) => {
    const { log } = simulate({ scenario, strategy: roundRobin, strategyOptions: {}, seed });
    return [...log.rows()];
  };
  const lost = run(1).filter(
    ({ outcome, scheduledUs }) => outcome === 'timeout' && Number.isNaN(scheduledUs),
  );
  expect(new Set(lost.map(({ replica }) => replica))).toEqual(new Set(['r-1']));
  // A fifth of 550, give or take four standard deviations of 9.4.
  expect(Math.abs(lost.length - 110)).toBeLessThan(38);
  expect(run(1)).toEqual(run(1));
});
