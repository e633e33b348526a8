import type { MetricName } from '../reports/metrics.ts';
import type { Scenario } from '../scenarios/scenario.ts';

/** The metric that names the winner unless somebody says otherwise. */
export function decidingMetric({ expect }: Pick<Scenario, 'expect'>): MetricName {
  // The schema of a scenario lets no other name through.
  return (expect?.by as MetricName | undefined) ?? 'ttftP99Ms';
}
