import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlidingSum } from '../../strategies/shared/sliding-sum.ts';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { tellServed } from '../support/strategy-life.ts';
import { fleetView, reportedLoad, requestView, tally } from '../support/views.ts';

describe('drain-rate', () => {
  test('divides what is in flight by the answers of the last minute', () => {
    const strategy = makeStrategy('drain-rate');
    const pick = (inFlight: readonly number[], atS: number) =>
      (strategy.pick(requestView(0), fleetView(inFlight), atS * 1e6) as ReplicaView).index;
    const fleet = fleetView([0, 0]);
    for (let i = 0; i < 29; i++) tellServed(strategy, fleet[0]!, { sentUs: i * 1e6, totalUs: 1e5 });
    for (let i = 0; i < 9; i++) tellServed(strategy, fleet[1]!, { sentUs: i * 1e6, totalUs: 1e5 });
    // Thirty against ten, with the one more that is assumed.
    expect(pick([29, 10], 30)).toBe(0);
    expect(pick([31, 10], 30)).toBe(1);
    // After 70 s only those of the last minute count: 19 + 1 against none + 1.
    expect(pick([19, 1], 69.5)).toBe(0);
    expect(pick([21, 1], 69.5)).toBe(1);
    expect(pick([5, 4], 600)).toBe(1);
  });

  test('counts answers, not errors', () => {
    const strategy = makeStrategy('drain-rate');
    const fleet = fleetView([4, 4]);
    for (let i = 0; i < 50; i++) {
      tellServed(strategy, fleet[0]!, { sentUs: i, totalUs: 10, outcome: 'failed' });
    }
    tellServed(strategy, fleet[1]!, { sentUs: 0, totalUs: 10 });
    expect(strategy.pick(requestView(0), fleet, 1e6)).toBe(fleet[1]);
  });

  test('breaks ties by the use of the KV cache, and then by chance', () => {
    const usage = [0.9, 0.2, 0.4, 0.2];
    const fleet = fleetView([2, 2, 2, 2], ({ index }) => ({
      reported: reportedLoad({ kvUsage: usage[index]! }),
    }));
    const strategy = makeStrategy('drain-rate');
    const counts = tally(4_000, 4, (request) => strategy.pick(request, fleet, 1e5));
    expect([counts[0], counts[2]]).toEqual([0, 0]);
    expect(counts[1]! / 4_000).toBeCloseTo(0.5, 1);
  });
});

test('a sliding count is what a plain one over the same parts of time is', () => {
  const steps = fc.array(
    fc.record({ waitUs: fc.nat(400), replica: fc.nat(40), adds: fc.boolean() }),
  );
  const property = fc.property(steps, (all) => {
    const sliding = new SlidingSum(1_000, 10);
    const added: { replica: number; part: number }[] = [];
    let nowUs = 0;
    for (const { adds, replica, waitUs } of all) {
      nowUs += waitUs;
      const now = Math.floor(nowUs / 100);
      if (adds) {
        sliding.add(replica, 1, nowUs);
        added.push({ replica, part: now });
      }
      const plain = added.filter((one) => one.replica === replica && one.part > now - 10);
      expect(sliding.get(replica, nowUs)).toBe(plain.length);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});
