import { createPlugin } from '../../core/plugin.ts';
import { randomStream } from '../../core/random.ts';
import { lengths } from '../../scenarios/lengths/registry.ts';

/** Lengths drawn from a distribution as a scenario would write it. */
export function drawLengths(
  options: Readonly<Record<string, unknown>>,
  { seed, count }: { seed: number; count: number },
): number[] {
  const distribution = createPlugin(lengths, options, randomStream(seed, 'input/test'));
  return Array.from({ length: count }, () => distribution.next());
}

/**
 * The largest distance between the shares of lengths up to n and their probability, times the root
 * of the count: a Kolmogorov-Smirnov statistic, which whole numbers only make smaller.
 */
export function lengthDistance(
  lengths: readonly number[],
  probabilityUpTo: (tokens: number) => number,
): number {
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  let below = 0;
  let largest = 0;
  for (const [length, count] of [...counts].sort(([a], [b]) => a - b)) {
    const before = Math.abs(probabilityUpTo(length - 1) - below / lengths.length);
    below += count;
    const here = Math.abs(probabilityUpTo(length) - below / lengths.length);
    largest = Math.max(largest, before, here);
  }
  return largest * Math.sqrt(lengths.length);
}
