import { describe, expect, test } from 'vitest';
import { drawLengths } from '../../support/lengths.ts';
import { mean, variance } from '../../support/moments.ts';

const count = 10_000;
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

/** An exponential rounded up is geometric: P(N > n) = q^n with q = exp(-1/mean). */
function geometric(meanTokens: number) {
  const q = Math.exp(-1 / meanTokens);
  return { q, mean: 1 / (1 - q), variance: q / (1 - q) ** 2 };
}

describe.each([1, 8, 200])('exponential lengths of mean %d', (meanTokens) => {
  const options = { kind: 'exponential', mean: meanTokens };
  const lengths = seeds.flatMap((seed) => drawLengths(options, { seed, count }));
  const exact = geometric(meanTokens);

  test('are whole and at least one', () => {
    expect(lengths.every((n) => Number.isInteger(n) && n >= 1)).toBe(true);
  });

  test('have the mean and the variance of the geometric distribution', () => {
    const standardError = Math.sqrt(exact.variance / lengths.length);
    expect(Math.abs(mean(lengths) - exact.mean)).toBeLessThan(4 * standardError);
    // The kurtosis of a geometric is at most 9 + q; hence the standard error of its variance.
    const relativeError = Math.sqrt(9 / lengths.length);
    expect(Math.abs(variance(lengths) / exact.variance - 1)).toBeLessThan(4 * relativeError);
  });

  test('have the tail of the geometric distribution', () => {
    for (const multiple of [1, 2, 4]) {
      const bound = multiple * meanTokens;
      const expected = exact.q ** bound;
      const observed = lengths.filter((n) => n > bound).length / lengths.length;
      const standardError = Math.sqrt((expected * (1 - expected)) / lengths.length);
      expect(Math.abs(observed - expected)).toBeLessThan(4 * standardError);
    }
  });
});
