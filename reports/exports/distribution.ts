import { mean, standardDeviation } from 'simple-statistics';
import { quantile, sortedSample } from '../../core/quantiles.ts';

/** A sample in the figures that other tools print. */
export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly std: number;
  readonly sum: number;
  /** Linear between two samples, as numpy has it. */
  quantile(q: number): number;
}

/** Of the values that were reached; undefined where none was. */
export function distributionOf(values: readonly number[]): Distribution | undefined {
  const sorted = sortedSample(Float64Array.from(values));
  if (sorted.length === 0) return undefined;
  const all = [...sorted];
  const average = mean(all);
  return {
    count: all.length,
    mean: average,
    std: standardDeviation(all),
    sum: average * all.length,
    quantile: (q) => quantile(sorted, q)!,
  };
}
