import { quantileSorted } from 'simple-statistics';

/** Ascending, without the rows that never reached the metric (NaN). */
export function sortedSample(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
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
