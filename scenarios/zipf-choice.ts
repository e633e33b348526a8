import type { Random } from '../core/random.ts';
import { weightedChoice } from '../core/weighted-choice.ts';

/** Draws an index below `count`, the nth in proportion to n^-exponent; all alike when it is 0. */
export function zipfChoice(count: number, exponent: number, random: Random): () => number {
  return weightedChoice(zipfWeights(count, exponent), random);
}

export function zipfWeights(count: number, exponent: number): number[] {
  return Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
}
