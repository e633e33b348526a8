import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawLengths, lengthDistance } from '../../support/lengths.ts';
import { normalCdf } from '../../support/special-functions.ts';

const count = 200_000;

test('pmf lengths are exactly those of the table, each as often as its weight says', () => {
  const property = fc.property(
    fc.uniqueArray(
      fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0.1, max: 10, noNaN: true })),
      { minLength: 1, maxLength: 8, selector: ([tokens]) => tokens },
    ),
    fc.nat(),
    (values, seed) => {
      const total = values.reduce((sum, [, weight]) => sum + weight, 0);
      const upTo = (n: number) =>
        values.reduce((sum, [tokens, weight]) => sum + (tokens <= n ? weight : 0), 0) / total;
      const lengths = drawLengths({ kind: 'pmf', values }, { seed, count: 5_000 });
      expect(lengths.every((n) => values.some(([tokens]) => tokens === n))).toBe(true);
      // Of a hundred tables, none should be further off than one in ten thousand is.
      expect(lengthDistance(lengths, upTo)).toBeLessThan(2.25);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 100 });
});

describe('empirical lengths', () => {
  const quantiles = [
    [0, 10],
    [0.25, 110],
    [0.5, 110],
    [0.99, 1_090],
    [1, 5_000],
  ];
  const lengths = drawLengths({ kind: 'empirical', quantiles }, { seed: 1, count });

  test('lie on the straight lines between the quantiles', () => {
    const upTo = (n: number) => {
      if (n < 10) return 0;
      if (n < 110) return (0.25 * (n + 0.5 - 10)) / 100;
      if (n < 1_090) return 0.5 + (0.49 * (n + 0.5 - 110)) / 980;
      return n < 5_000 ? 0.99 + (0.01 * (n + 0.5 - 1_090)) / 3_910 : 1;
    };
    expect(lengthDistance(lengths, upTo)).toBeLessThan(1.95);
  });

  test('keep an atom, and never leave the table', () => {
    const atom = lengths.filter((n) => n === 110).length / count;
    expect(Math.abs(atom - 0.25)).toBeLessThan(4 * Math.sqrt(0.1875 / count) + 0.002);
    expect(Math.min(...lengths.slice(0, 50_000))).toBeGreaterThanOrEqual(10);
    expect(Math.max(...lengths.slice(0, 50_000))).toBeLessThanOrEqual(5_000);
  });
});

describe('a mixture', () => {
  test('is the sum of its parts by weight, clamped as a whole', () => {
    const parts = [
      { weight: 3, length: { kind: 'normal', mean: 300, sd: 30 } },
      { weight: 1, length: { kind: 'constant', tokens: 850 } },
      { weight: 1, length: { kind: 'uniform', min: 1, max: 100 } },
    ];
    const lengths = drawLengths({ kind: 'mixture', min: 50, max: 800, parts }, { seed: 1, count });
    const upTo = (n: number) => {
      if (n < 50) return 0;
      if (n >= 800) return 1;
      return 0.6 * normalCdf((n + 0.5 - 300) / 30) + 0.2 * Math.min(1, n / 100);
    };
    expect(lengthDistance(lengths, upTo)).toBeLessThan(1.95);
  });

  test('of one part alone has the law of that part', () => {
    const length = { kind: 'log-normal', mu: 5, sigma: 0.5 };
    const options = { kind: 'mixture', parts: [{ weight: 7, length }] };
    const lengths = drawLengths(options, { seed: 1, count });
    expect(
      lengthDistance(lengths, (n) => (n < 1 ? 0 : normalCdf((Math.log(n + 0.5) - 5) / 0.5))),
    ).toBeLessThan(1.95);
  });
});

test('zipf lengths take no longer and no table when the longest is ten million', () => {
  const options = { kind: 'zipf', exponent: 1.01, max: 10_000_000 };
  const lengths = drawLengths(options, { seed: 1, count: 10_000 });
  expect(lengths.some((n) => n > 1_000_000)).toBe(true);
});
