import { mean } from 'simple-statistics';
import { pairedChange } from '../../experiments/statistics/paired.ts';
import type { MetricName } from '../../reports/metrics.ts';
import type { Pool } from './pool.ts';

export interface CoverageOptions {
  readonly a: Pool;
  readonly b: Pool;
  readonly metric: MetricName;
  /** Of one comparison. */
  readonly seeds: number;
  readonly repetitions: number;
}

export interface Coverage {
  /** The change over all seeds that no repetition has. */
  readonly truth: number;
  readonly covered: number;
}

/**
 * How often the interval of a comparison holds what the comparison is after: the same change over
 * so many other seeds that it is as good as known. No seed is in two repetitions.
 */
export function coverageOf({ a, b, metric, repetitions, seeds }: CoverageOptions): Coverage {
  const [before, after] = [a, b].map((pool) => pool.map((run) => run.metrics[metric]!));
  const used = repetitions * seeds;
  const logs = after!.slice(used).map((value, index) => Math.log(value / before![used + index]!));
  const truth = Math.expm1(mean(logs));
  let covered = 0;
  for (let from = 0; from < used; from += seeds) {
    const until = from + seeds;
    const change = pairedChange(before!.slice(from, until), after!.slice(from, until), 'lower');
    const { high, low } = change.interval!;
    if (low <= truth && truth <= high) covered += 1;
  }
  return { truth, covered };
}
