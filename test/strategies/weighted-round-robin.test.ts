import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeStrategy } from '../support/strategies.ts';
import { tally, weightedFleet } from '../support/views.ts';

const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 });
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** How far the count of a replica may be from its weight after whole rounds. */
const tolerances = [
  ['weighted-round-robin', 0],
  ['haproxy-roundrobin', 1],
] as const;

describe.each(tolerances)('%s', (name, tolerance) => {
  test('gives everyone as many requests as its weight says, round after round', () => {
    const property = fc.property(weights, (given) => {
      const strategy = makeStrategy(name);
      const fleet = weightedFleet(given);
      const all = given.map(() => 0);
      for (let round = 1; round <= 5; round++) {
        const counts = tally(sum(given), given.length, (request) =>
          strategy.pick(request, fleet, 0),
        );
        for (const [index, count] of counts.entries()) {
          all[index]! += count;
          expect(Math.abs(all[index]! - round * given[index]!)).toBeLessThanOrEqual(tolerance);
        }
      }
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('keeps to the weights of those who are there, whoever leaves or comes back', () => {
    const property = fc.property(weights, fc.nat(), fc.nat(60), (given, who, when) => {
      fc.pre(given.length > 1);
      const strategy = makeStrategy(name);
      const fleet = weightedFleet(given);
      const without = fleet.filter(({ index }) => index !== who % given.length);
      const count = (candidates: typeof fleet, picks: number) =>
        tally(picks, given.length, (request) => strategy.pick(request, candidates, 0));
      count(fleet, when);
      for (const candidates of [without, fleet]) {
        const total = sum(candidates.map(({ weight }) => weight));
        const rounds = 20;
        const counts = count(candidates, rounds * total);
        for (const { index, weight } of candidates) {
          // What was owed at the change, at most a round, is all that may be missing.
          expect(Math.abs(counts[index]! - rounds * weight)).toBeLessThanOrEqual(2 * weight + 2);
        }
      }
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });

  test('follows a weight that changes', () => {
    const strategy = makeStrategy(name);
    tally(7, 3, (request) => strategy.pick(request, weightedFleet([1, 1, 1]), 0));
    const counts = tally(1_000, 3, (request) =>
      strategy.pick(request, weightedFleet([8, 1, 1]), 0),
    );
    expect(Math.abs(counts[0]! - 800)).toBeLessThan(10);
  });
});
