import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { areAlike } from '../support/chi-square.ts';
import { makeStrategy } from '../support/strategies.ts';
import { chiSquareOfEqual, fleetView, requestView, tally } from '../support/views.ts';

describe('power-of-two', () => {
  test('never picks the one replica that is busier than all others', () => {
    const loads = fc.array(fc.nat(20), { minLength: 1, maxLength: 63 });
    const property = fc.property(loads, fc.nat(), fc.nat(), (others, at, seed) => {
      const busiest = Math.max(...others) + 1;
      const fleet = fleetView(others.toSpliced(at % (others.length + 1), 0, busiest));
      const strategy = makeStrategy('power-of-two', {}, seed);
      for (let id = 0; id < 20; id++) {
        const picked = strategy.pick(requestView(id), fleet, 0) as ReplicaView;
        expect(picked.inFlight).toBeLessThan(busiest);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('of two replicas always picks the less busy one, because it looks at both', () => {
    const property = fc.property(fc.nat(50), fc.nat(50), fc.nat(), (a, b, seed) => {
      const strategy = makeStrategy('power-of-two', {}, seed);
      const picked = strategy.pick(requestView(0), fleetView([a, b]), 0) as ReplicaView;
      expect(picked.inFlight).toBe(Math.min(a, b));
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('looks at every pair of different replicas equally often', () => {
    // With loads 0, 1, …, n-1 the lower of a uniform pair is i in n-1-i of n(n-1)/2 cases.
    const replicas = 8;
    const picks = 56_000;
    const strategy = makeStrategy('power-of-two');
    const fleet = fleetView(Array.from({ length: replicas }, (_, index) => index));
    const counts = tally(picks, replicas, (request) => strategy.pick(request, fleet, 0));
    const pairs = (replicas * (replicas - 1)) / 2;
    const chiSquare = counts.slice(0, -1).reduce((sum, count, index) => {
      const expected = (picks * (replicas - 1 - index)) / pairs;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(counts.at(-1)).toBe(0);
    // The 99.9 % point of 6 degrees of freedom.
    expect(chiSquare).toBeLessThan(22.5);
  });

  test('with replacement may draw the same twice, so the busiest gets one of n² requests', () => {
    const replicas = 4;
    const strategy = makeStrategy('power-of-two', { replacement: true });
    const fleet = fleetView(Array.from({ length: replicas }, (_, index) => index));
    const counts = tally(32_000, replicas, (request) => strategy.pick(request, fleet, 0));
    // The lower of two draws is i in 2(n-i)-1 of n² cases.
    const expected = counts.map((_, index) => 1e8 * (2 * (replicas - index) - 1));
    expect(areAlike(counts, expected)).toBe(true);
  });

  test('spreads evenly over replicas that are equally busy', () => {
    const strategy = makeStrategy('power-of-two');
    const fleet = fleetView([3, 3, 3, 3, 3]);
    const counts = tally(30_000, 5, (request) => strategy.pick(request, fleet, 0));
    // The 99.9 % point of 4 degrees of freedom.
    expect(chiSquareOfEqual(counts)).toBeLessThan(18.5);
  });
});
