import { assert } from '../../core/assert.ts';

/**
 * An experiment that may look at its result several times, each time with twice the seeds, and
 * stops at the first look that decides. Whoever looks three times at 5 % each is wrong in 11 % of
 * the cases where there is nothing; so each look has a smaller chance, the same for all, such that
 * together they are wrong in 5 % (Pocock 1977, for looks whose size doubles).
 */
export interface Looks {
  /** Seeds of each look: 8, 16, 32. */
  readonly sizes: readonly number[];
  /** The level of a test on both sides at every look. */
  readonly twoSided: number;
  /** The level of a test on one side at every look. */
  readonly oneSided: number;
}

/**
 * From the distribution of the largest of k correlated normal statistics; the t statistics of 8
 * and more seeds differ from them by less than a tenth of the level, which the tests show.
 */
const levels = {
  twoSided: [0.05, 0.0294, 0.0208, 0.016, 0.013, 0.0109],
  oneSided: [0.05, 0.0304, 0.0218, 0.0169, 0.0138, 0.0116],
} as const;

/** Starts with `first` seeds and doubles them until there are `most`. */
export function looksOf(first: number, most: number): Looks {
  assert(first >= 1 && most >= first, `looks at ${first} to ${most} seeds`);
  const sizes = [first];
  while (sizes.at(-1)! < most) sizes.push(Math.min(most, 2 * sizes.at(-1)!));
  const [twoSided, oneSided] = [levels.twoSided, levels.oneSided].map(
    // More looks than the table has get less than they may, as Bonferroni would give them.
    (table) => table[sizes.length - 1] ?? 0.05 / sizes.length,
  ) as [number, number];
  return { sizes, twoSided, oneSided };
}
