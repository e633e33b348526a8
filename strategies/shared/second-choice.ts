import { type Random, randomIndex } from '../../core/random.ts';

/** Any index below `count` but `first`, with equal chance; `first` if there is no other. */
export function secondChoice(random: Random, first: number, count: number): number {
  return count === 1 ? first : (first + 1 + randomIndex(random, count - 1)) % count;
}
