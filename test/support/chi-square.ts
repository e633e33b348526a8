import { gammaP } from './special-functions.ts';

/** Whether they differ by less than samples of one distribution do once in a thousand times. */
export function areAlike(first: readonly number[], second: readonly number[]): boolean {
  const kinds = first.filter((count, kind) => count + second[kind]! > 0).length;
  if (kinds === 1) return true;
  return gammaP((kinds - 1) / 2, chiSquareOfTwo(first, second) / 2) <= 0.999;
}

/**
 * Pearson's statistic of whether two samples are of the same distribution. Its degrees of freedom
 * are one less than the kinds that occur.
 */
function chiSquareOfTwo(first: readonly number[], second: readonly number[]): number {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [n, m] = [sum(first), sum(second)];
  return first.reduce((total, a, kind) => {
    const both = a + second[kind]!;
    if (both === 0) return total;
    const [expectedA, expectedB] = [(both * n) / (n + m), (both * m) / (n + m)];
    return total + (a - expectedA) ** 2 / expectedA + (second[kind]! - expectedB) ** 2 / expectedB;
  }, 0);
}
