import { lowerBound } from './lower-bound.ts';
import type { Random } from './random.ts';

/** Draws an index in proportion to its weight; weights are above zero and need no sum of one. */
export function weightedChoice(weights: readonly number[], random: Random): () => number {
  let total = 0;
  const upTo = weights.map((weight) => {
    total += weight;
    return total;
  });
  return () => lowerBound(upTo, random() * total);
}
