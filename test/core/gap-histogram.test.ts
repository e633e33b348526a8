import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GapHistogram } from '../../core/gap-histogram.ts';

const shares = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];
const gapUs = fc.oneof(fc.integer({ min: 1, max: 3_600_000_000 }), fc.nat(100_000), fc.nat(1_000));
const counted = fc.array(fc.tuple(gapUs, fc.integer({ min: 1, max: 1_000 })), {
  minLength: 1,
  maxLength: 80,
});

/** The smallest gap that at least a share q of all gaps do not exceed. */
function exactQuantileUs(gaps: readonly (readonly [number, number])[], q: number): number {
  const sorted = gaps.toSorted(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const wanted = Math.max(1, Math.ceil(q * total - 1e-9 * total));
  let seen = 0;
  for (const [gap, count] of sorted) {
    seen += count;
    if (seen >= wanted) return gap;
  }
  throw new RangeError('the sample is empty');
}

function histogramOf(gaps: readonly (readonly [number, number])[]): GapHistogram {
  const histogram = new GapHistogram();
  for (const [gap, count] of gaps) histogram.record(gap, count);
  return histogram;
}

describe('the histogram of the gaps between tokens', () => {
  test('every quantile is within 0.1 % of the exact one', () => {
    const property = fc.property(counted, fc.constantFrom(...shares), (gaps, q) => {
      const exact = exactQuantileUs(gaps, q);
      const error = Math.abs(histogramOf(gaps).quantileUs(q)! - exact);
      expect(error).toBeLessThanOrEqual(0.001 * exact);
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test('counting a gap n times at once is counting it n times', () => {
    const [atOnce, oneByOne] = [new GapHistogram(), new GapHistogram()];
    atOnce.record(12_345, 500);
    for (let i = 0; i < 500; i++) oneByOne.record(12_345, 1);
    expect(atOnce.count).toBe(oneByOne.count);
    expect(atOnce.quantileUs(0.5)).toBe(oneByOne.quantileUs(0.5));
  });

  test('a histogram without gaps has no quantile', () => {
    expect(new GapHistogram().quantileUs(0.5)).toBeUndefined();
  });

  test('a gap longer than an hour counts as an hour instead of ending the run', () => {
    const histogram = new GapHistogram();
    histogram.record(10 * 3_600_000_000, 1);
    expect(histogram.quantileUs(1)! / 3_600_000_000).toBeCloseTo(1, 3);
  });
});
