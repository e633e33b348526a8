import { quantileSorted } from 'simple-statistics';

/** Ascending, without the rows that never reached the metric (NaN). */
export function sortedSample(values: Float64Array): Float64Array {
  const sample = new Float64Array(values.length);
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) sample[size++] = values[i]!;
  }
  return sample.subarray(0, size).sort();
}

/**
 * The q-quantile by linear interpolation (type 7, as numpy and vLLM's benchmark have it); undefined
 * for an empty sample.
 */
export function quantile(sorted: Float64Array, q: number): number | undefined {
  if (sorted.length === 0) return undefined;
  // The library is typed for arrays only, but reads nothing beyond length and index.
  return quantileSorted(sorted as unknown as readonly number[], q);
}
