import { noOutcomes } from '../../core/request-record.ts';
import { type AgreementMetric, agreementMetricNames } from '../../reports/agreement.ts';
import { latencyQuantileNames } from '../../reports/latency-ms.ts';
import { metricNames } from '../../reports/metrics.ts';
import type { RunSummary } from '../../reports/summary.ts';

export type Figures = Readonly<Record<AgreementMetric, number | null>>;

/** A run of which only the figures matter that simulation and measurement are compared by. */
export function runWith(figures: Figures, { saturated = false } = {}): RunSummary {
  const { goodputRps, outputTokensPerS } = figures;
  const none = Object.fromEntries(metricNames.map((name) => [name, null]));
  const latencies = latencyQuantileNames.map((name) => [name, figures[name]]);
  return {
    metrics: { ...(none as RunSummary['metrics']), goodputRps, outputTokensPerS },
    latencyMs: Object.fromEntries(latencies) as NonNullable<RunSummary['latencyMs']>,
    thresholds: [],
    outcomes: { counted: 0, ...noOutcomes() },
    refused: { requests: 0, longestTokens: 0 },
    outsideRangeShare: 0,
    saturated,
    ttftTail: [],
    replicas: [],
  };
}

/** The same value for every figure. */
export function allFigures(value: number | null): Figures {
  const entries = agreementMetricNames.map((name) => [name, value]);
  return Object.fromEntries(entries) as Figures;
}
