import type { AgreementMetric } from '../reports/agreement.ts';
import type { RunSummary } from '../reports/summary.ts';

/** A figure of each run; undefined where some run did not reach it. */
export function valuesOf(
  metric: AgreementMetric,
  runs: readonly RunSummary[],
): readonly number[] | undefined {
  const values = runs.flatMap((run) => figureIn(metric, run) ?? []);
  return values.length === 0 || values.length < runs.length ? undefined : values;
}

function figureIn(metric: AgreementMetric, { latencyMs, metrics }: RunSummary): number | null {
  switch (metric) {
    case 'outputTokensPerS':
    case 'goodputRps':
      return metrics[metric];
    default:
      return latencyMs?.[metric] ?? null;
  }
}
