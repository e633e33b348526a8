import { mean } from 'simple-statistics';
import { quantile } from '../core/quantiles.ts';
import { holds, type LatencyMetric, type Threshold } from '../core/slo.ts';
import { US_PER_MS } from '../core/time.ts';
import { roundOrNull } from './round.ts';
import type { RunSummary } from './summary.ts';

/** What each threshold measured in a run, and whether it was kept. Nothing measured is not kept. */
export function judgeThresholds(
  slo: readonly Threshold[],
  sorted: Readonly<Record<LatencyMetric, Float64Array>>,
  attainment: number | undefined,
): RunSummary['thresholds'] {
  return slo.map((threshold) => {
    const { text, comparator } = threshold;
    if (threshold.kind === 'goodput') {
      const kept = attainment !== undefined && holds(attainment, comparator, threshold.limitShare);
      return { text, holds: kept, value: roundOrNull(attainment) };
    }
    const us = statisticOf(sorted[threshold.metric], threshold.statistic);
    const kept = us !== undefined && holds(us, comparator, threshold.limitUs);
    return { text, holds: kept, value: roundOrNull(us === undefined ? us : us / US_PER_MS) };
  });
}

function statisticOf(sorted: Float64Array, statistic: string): number | undefined {
  if (sorted.length === 0) return undefined;
  if (statistic === 'mean') return mean(Array.from(sorted));
  return quantile(sorted, Number(statistic.slice(1)) / 100);
}
