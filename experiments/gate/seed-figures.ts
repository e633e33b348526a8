import type { BaselineRun } from '../../reports/gate/baseline.ts';
import type { LatencyMs, RunSummary } from '../../reports/summary.ts';
import type { GateMetricName } from './gated-metrics.ts';

/** What a gate looks at in one run, simulated or live. */
export interface SeedFigures {
  readonly seed: number;
  /** Of its records; live runs have none. */
  readonly digest?: string | undefined;
  readonly saturated: boolean;
  readonly metrics: Readonly<Record<FleetMetric, number | null>>;
  readonly replicaTpotP50: Readonly<Record<string, number | null>>;
}

export type FleetMetric = Exclude<GateMetricName, 'replicaTpotP50'>;

/** What is kept of a run in a baseline. */
export function baselineRun(seed: number, run: RunSummary): BaselineRun {
  return {
    seed,
    digest: run.digest!,
    saturated: run.saturated,
    metrics: run.metrics,
    latencyMs: run.latencyMs!,
    tpotP50Ms: Object.fromEntries(
      run.replicas.map(({ replica, tpotP50Ms = null }) => [replica, tpotP50Ms]),
    ),
  };
}

export function seedFigures({ latencyMs, metrics, ...run }: BaselineRun): SeedFigures {
  return {
    ...{ seed: run.seed, digest: run.digest, saturated: run.saturated },
    metrics: fleetMetrics(metrics.attainmentShare ?? null, latencyMs),
    replicaTpotP50: run.tpotP50Ms,
  };
}

export function fleetMetrics(
  attainmentShare: number | null,
  ms: Partial<LatencyMs>,
): SeedFigures['metrics'] {
  return {
    ...{ ttftP50: ms.ttftP50Ms ?? null, ttftP90: ms.ttftP90Ms ?? null },
    ...{ ttftP99: ms.ttftP99Ms ?? null, tpotP50: ms.tpotP50Ms ?? null },
    ...{ tpotP90: ms.tpotP90Ms ?? null, tpotP99: ms.tpotP99Ms ?? null },
    ...{ e2eP50: ms.e2eP50Ms ?? null, e2eP90: ms.e2eP90Ms ?? null },
    ...{ e2eP99: ms.e2eP99Ms ?? null, goodput: attainmentShare },
  };
}

/** Two runs of one seed; undefined where they are the same, else in what they differ. */
export function firstDifference(base: SeedFigures, head: SeedFigures): string | undefined {
  if (base.digest === head.digest) return undefined;
  const metric = (Object.keys(base.metrics) as FleetMetric[]).find(
    (name) => base.metrics[name] !== head.metrics[name],
  );
  if (metric !== undefined) {
    return `${metric} ${base.metrics[metric]} → ${head.metrics[metric]}`;
  }
  return 'the records differ, and none of the figures';
}
