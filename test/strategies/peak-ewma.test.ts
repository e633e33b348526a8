import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { tellServed } from '../support/strategy-life.ts';
import { fleetView, requestView } from '../support/views.ts';

const all = { choose: 'all' };

/** Whom it would pick of a fleet with so many requests in flight, having seen these first tokens. */
function picked(
  options: Readonly<Record<string, unknown>>,
  seen: readonly (readonly [replica: number, sentS: number, ttftS: number])[],
  { inFlight, atS }: { inFlight: readonly number[]; atS: number },
): number {
  const strategy = makeStrategy('peak-ewma', { ...all, ...options });
  const fleet = fleetView(inFlight);
  for (const [replica, sentS, ttftS] of seen) {
    tellServed(strategy, fleet[replica]!, { sentUs: sentS * 1e6, ttftUs: ttftS * 1e6 });
  }
  return (strategy.pick(requestView(0), fleet, atS * 1e6) as ReplicaView).index;
}

describe('peak-ewma', () => {
  test('weighs the time to first token by the requests in flight', () => {
    const seen = [
      [0, 0, 0.1],
      [1, 0, 0.3],
    ] as const;
    const envoy = { variant: 'envoy' };
    // 0.1 (n + 1) against 0.3 (m + 1).
    expect(picked(envoy, seen, { atS: 1, inFlight: [1, 0] })).toBe(0);
    expect(picked(envoy, seen, { atS: 1, inFlight: [3, 0] })).toBe(1);
    expect(picked(envoy, seen, { atS: 1, inFlight: [4, 1] })).toBe(0);
  });

  test('jumps to a slow sample and lets it fade, where the other variant averages', () => {
    const steady = Array.from({ length: 50 }, (_, i) => [0, i, 0.1] as const);
    const seen = [...steady, [0, 50, 1] as const, [1, 50.7, 0.3] as const];
    const idle = { atS: 51.1, inFlight: [0, 0] };
    expect(picked({}, seen, idle)).toBe(1);
    // 0.1 kept at exp(-0.19) and 1 for the rest: about 0.26 s.
    expect(picked({ variant: 'envoy', tauS: 10 }, seen, idle)).toBe(0);
    // After three time constants without a sample a peak of 1 s counts for 50 ms.
    const later = [...seen, [1, 81, 0.2] as const];
    expect(picked({}, later, { atS: 81.3, inFlight: [0, 0] })).toBe(0);
  });

  test('tries who is unknown and idle, and not who has never answered', () => {
    const seen = [[0, 0, 0.1]] as const;
    expect(picked({}, seen, { atS: 1, inFlight: [0, 0] })).toBe(1);
    expect(picked({}, seen, { atS: 1, inFlight: [0, 1] })).toBe(0);
    expect(picked({}, seen, { atS: 1, inFlight: [500, 1] })).toBe(0);
    // Envoy takes the unknown for as slow as the default.
    expect(picked({ variant: 'envoy' }, seen, { atS: 1, inFlight: [8, 0] })).toBe(0);
    expect(picked({ variant: 'envoy' }, seen, { atS: 1, inFlight: [10, 0] })).toBe(1);
  });

  test.each(['finagle', 'envoy'])('%s does not run to who refuses at once', (variant) => {
    const strategy = makeStrategy('peak-ewma', { ...all, variant });
    const fleet = fleetView([0, 0]);
    tellServed(strategy, fleet[0]!, { sentUs: 0, ttftUs: 200_000, totalUs: 1e6 });
    tellServed(strategy, fleet[1]!, { sentUs: 0, totalUs: 1_000, outcome: 'failed' });
    expect(strategy.pick(requestView(0), fleet, 1e6)).toBe(fleet[0]);
  });

  test('forgets a replica that comes back', () => {
    const strategy = makeStrategy('peak-ewma', all);
    const fleet = fleetView([0, 0]);
    tellServed(strategy, fleet[0]!, { sentUs: 0, ttftUs: 100_000, totalUs: 1e6 });
    tellServed(strategy, fleet[1]!, { sentUs: 0, ttftUs: 900_000, totalUs: 1e6 });
    expect(strategy.pick(requestView(0), fleet, 2e6)).toBe(fleet[0]);
    strategy.onJoined?.(fleet[1]!, 2e6);
    expect(strategy.pick(requestView(0), fleet, 2e6)).toBe(fleet[1]);
  });

  test('of two replicas picks what it would of all, and of more a better one than the worst', () => {
    const ttfts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 2, maxLength: 16 });
    const property = fc.property(ttfts, fc.nat(), (ttftMs, seed) => {
      const strategy = makeStrategy('peak-ewma', {}, seed);
      const fleet = fleetView(ttftMs.map(() => 0));
      for (const [i, ms] of ttftMs.entries()) {
        tellServed(strategy, fleet[i]!, { sentUs: 6e6 - ms * 1_000, ttftUs: ms * 1_000 });
      }
      const { index } = strategy.pick(requestView(0), fleet, 6e6) as ReplicaView;
      const worse = ttftMs.filter((ms, at) => at !== index && ms >= ttftMs[index]!);
      expect(worse.length).toBeGreaterThan(0);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
