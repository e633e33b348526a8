import { expect } from 'vitest';

/** Frequencies of each choice against n^-exponent, within four standard errors. */
export function expectZipf(
  chosen: readonly number[],
  { choices, exponent }: { readonly choices: number; readonly exponent: number },
): void {
  const weights = Array.from({ length: choices }, (_, index) => (index + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = new Array<number>(choices).fill(0);
  for (const choice of chosen) counts[choice]! += 1;
  for (const index of [0, 1, 2, Math.floor(choices / 4), Math.floor(choices / 2)]) {
    const expected = weights[index]! / total;
    const standardError = Math.sqrt((expected * (1 - expected)) / chosen.length);
    expect(Math.abs(counts[index]! / chosen.length - expected)).toBeLessThan(4 * standardError);
  }
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(chosen.length);
}
