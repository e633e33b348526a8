import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantile, sortedSample } from '../../core/quantiles.ts';

/** numpy.quantile(values, q), method "linear" (Hyndman and Fan, type 7), written from its text. */
function numpyQuantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  const weight = position - below;
  return sorted[below]! * (1 - weight) + sorted[above]! * weight;
}

/** Without minus zero: sorting by difference does not tell it from zero. */
const value = fc.double({ min: -1e12, max: 1e12, noNaN: true }).map((drawn) => drawn + 0);
const share = fc.oneof(
  fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 0.999, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

describe('quantiles', () => {
  test('a quantile is the one numpy computes, up to rounding', () => {
    const sample = fc.array(value, { minLength: 1, maxLength: 200 });
    const property = fc.property(sample, share, (values, q) => {
      const ours = quantile(sortedSample(Float64Array.from(values)), q)!;
      const scale = Math.max(...values.map(Math.abs), 1e-300);
      expect(Math.abs(ours - numpyQuantile(values, q))).toBeLessThanOrEqual(1e-12 * scale);
    });
    fc.assert(property, { seed: 1, numRuns: 2_000 });
  });

  test.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0.25, 1.75],
    [[15, 20, 35, 40, 50], 0.4, 29],
    [[7], 0.99, 7],
  ])('for the sample %j the quantile %d is %d, as in numpy', (values, q, expected) => {
    expect(quantile(sortedSample(Float64Array.from(values)), q)).toBeCloseTo(expected, 12);
  });

  test('requests that never reached the metric are left out, wherever they stand', () => {
    const withGaps = fc.array(fc.option(value, { nil: Number.NaN, freq: 2 }), { maxLength: 60 });
    const property = fc.property(withGaps, share, (values, q) => {
      const reached = values.filter((given) => !Number.isNaN(given));
      const sample = sortedSample(Float64Array.from(values));
      expect([...sample]).toEqual(reached.toSorted((a, b) => a - b));
      expect(quantile(sample, q)).toBe(quantile(sortedSample(Float64Array.from(reached)), q));
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test('a sample without a single value has no quantile', () => {
    expect(quantile(sortedSample(new Float64Array(0)), 0.5)).toBeUndefined();
    expect(quantile(sortedSample(Float64Array.of(Number.NaN, Number.NaN)), 0.99)).toBeUndefined();
  });

  test('taking a sample leaves the column of the log as it was', () => {
    const column = Float64Array.of(3, Number.NaN, 1, 2);
    sortedSample(column);
    expect([...column]).toEqual([3, Number.NaN, 1, 2]);
  });
});
