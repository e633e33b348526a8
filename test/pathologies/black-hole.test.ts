import { describe, expect, test } from 'vitest';
import { fatesOf } from '../support/fates.ts';

// A replica that answers with an error at once never has anything in flight, so who looks for the
// fewest requests sends it nearly all of them. Every list of outages has this one.

const replicas = 4;

const world = {
  replicas,
  traffic: [
    {
      arrivals: { kind: 'poisson', rate: 20 },
      input: { kind: 'constant', tokens: 100 },
      output: { kind: 'constant', tokens: 100 },
    },
  ],
  events: [{ kind: 'crash', at: '5s', replicas: ['r-1'], mode: 'fail-fast', down: '120s' }],
  warmup: '0s',
  duration: '60s',
};

/** Of the requests after the crash, the share that failed. */
function failedShare(strategy: string, gateway: Readonly<Record<string, unknown>> = {}): number {
  const rows = fatesOf({ ...world, gateway }, strategy).filter(
    ({ intendedUs }) => intendedUs > 6e6,
  );
  return rows.filter(({ outcome }) => outcome === 'failed').length / rows.length;
}

describe('a replica that fails at once', () => {
  test('gets its share of who does not look', () => {
    for (const strategy of ['random', 'round-robin']) {
      const share = failedShare(strategy);
      expect(share).toBeGreaterThan(0.7 / replicas);
      expect(share).toBeLessThan(1.3 / replicas);
    }
  });

  test('draws nearly everything from who looks for the fewest requests or tokens', () => {
    expect(failedShare('least-requests')).toBeGreaterThan(0.75);
    expect(failedShare('least-tokens')).toBeGreaterThan(0.75);
  });

  test('draws a half from two choices: it wins whenever it is one of them', () => {
    expect(Math.abs(failedShare('power-of-two') - 2 / replicas)).toBeLessThan(0.1);
  });

  test('is cured by ejection, as of Envoy and of nginx', () => {
    for (const kind of ['ejection', 'max-fails']) {
      expect(failedShare('least-requests', { health: { passive: { kind } } })).toBeLessThan(0.02);
    }
  });

  test('is not cured by retries alone: they come back to it', () => {
    expect(failedShare('least-requests', { retries: { atLeast: 3 } })).toBeGreaterThan(0.5);
    expect(failedShare('least-requests', { retries: {} })).toBeGreaterThan(0.1);
  });

  test('is found out by the twin of predicted-finish without any help', () => {
    expect(failedShare('predicted-finish')).toBeLessThan(0.02);
  });
});
