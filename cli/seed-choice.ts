import { FairleadError } from '../core/errors.ts';
import { type Looks, looksOf } from '../experiments/statistics/looks.ts';

export interface SeedOptions {
  readonly seeds?: number | undefined;
  readonly maxSeeds?: number | undefined;
  readonly firstSeed: number;
}

export interface SeedChoice {
  /** As many as may be taken. */
  readonly seeds: readonly number[];
  readonly looks: Looks;
}

/** Of the first look, where nobody wants another number. */
export const usualSeeds = 8;
const mostUnlessAsked = 32;

/**
 * Without a number, from 8 seeds on until they decide, 32 at most; `--seeds` alone is exactly so
 * many, and with `--max-seeds` where to begin.
 */
export function seedChoice({ firstSeed, maxSeeds, seeds }: SeedOptions): SeedChoice {
  const most = maxSeeds ?? seeds ?? mostUnlessAsked;
  const first = seeds ?? Math.min(usualSeeds, most);
  if (first > most) {
    const message = `--seeds ${first} is where to begin, and --max-seeds ${most} where to end. Write a --max-seeds of ${first} or more.`;
    throw new FairleadError('USAGE', message);
  }
  return { seeds: seedsFrom(firstSeed, most), looks: looksOf(first, most) };
}

/** Where nobody can look whether the seeds so far decide: in a shard, and on a ladder of loads. */
export function exactSeeds({ firstSeed, maxSeeds, seeds = usualSeeds }: SeedOptions): number[] {
  if (maxSeeds !== undefined) {
    const message = `--max-seeds stops where the seeds decide, and beside --shard and --over all of them are run. Write --seeds ${maxSeeds}.`;
    throw new FairleadError('USAGE', message);
  }
  return seedsFrom(firstSeed, seeds);
}

function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
