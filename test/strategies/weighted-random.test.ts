import { expect, test } from 'vitest';
import { areAlike } from '../support/chi-square.ts';
import { makeStrategy } from '../support/strategies.ts';
import { tally, weightedFleet } from '../support/views.ts';

test.each([[[1, 1, 1]], [[5, 1, 2.5, 0.5]], [[0.001, 1_000]]])(
  'weighted-random picks by chances in proportion to %j',
  (weights) => {
    const strategy = makeStrategy('weighted-random');
    const fleet = weightedFleet(weights);
    const counts = tally(30_000, weights.length, (request) => strategy.pick(request, fleet, 0));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    // A sample so large that it is as good as the chances themselves.
    const expected = weights.map((weight) => (1e9 * weight) / total);
    expect(areAlike(counts, expected)).toBe(true);
  },
);
