import type { LatencyMetric, Statistic } from '../../core/slo.ts';

/** What a gate can hold against its baseline, and by how much each may be worse. */
export interface GateMetric {
  readonly label: string;
  readonly kind: 'latency' | 'share';
  /** A share of the latency, or of all requests: 0.01 of goodput is a point. */
  readonly tolerance: number;
  /** A smaller change of a latency is nothing to anybody, whatever share of it that is. */
  readonly floorMs: number;
  /** Whose objective it is. */
  readonly of?: { readonly metric: LatencyMetric; readonly statistic: Statistic };
  readonly isDefault: boolean;
}

/** Of a request in milliseconds, of a token in tenths of one: an answer has hundreds of them. */
const floors = { ttft: 2, tpot: 0.1, e2e: 2 } as const;
const labels = { ttft: 'TTFT', tpot: 'TPOT', e2e: 'E2E' } as const;
const tolerances = { p50: 0.01, p90: 0.03, p99: 0.05 } as const;

function latency<M extends LatencyMetric, S extends keyof typeof tolerances>(
  metric: M,
  statistic: S,
): GateMetric {
  return {
    label: `${labels[metric]} ${statistic}`,
    kind: 'latency',
    tolerance: tolerances[statistic],
    floorMs: floors[metric],
    of: { metric, statistic },
    isDefault: statistic !== 'p90',
  };
}

export const gateMetrics = {
  ttftP50: latency('ttft', 'p50'),
  ttftP90: latency('ttft', 'p90'),
  ttftP99: latency('ttft', 'p99'),
  tpotP50: latency('tpot', 'p50'),
  tpotP90: latency('tpot', 'p90'),
  tpotP99: latency('tpot', 'p99'),
  e2eP50: latency('e2e', 'p50'),
  e2eP90: latency('e2e', 'p90'),
  e2eP99: latency('e2e', 'p99'),
  goodput: {
    label: 'within SLO',
    kind: 'share',
    tolerance: 0.01,
    floorMs: 0,
    isDefault: true,
  },
  /** Of every replica by itself: one of several is lost in the percentiles of the fleet. */
  replicaTpotP50: {
    label: 'TPOT p50',
    kind: 'latency',
    tolerance: 0.02,
    floorMs: floors.tpot,
    isDefault: true,
  },
} as const satisfies Record<string, GateMetric>;

export type GateMetricName = keyof typeof gateMetrics;
export const gateMetricNames = Object.keys(gateMetrics) as GateMetricName[];

/** One that is judged in this gate. */
export interface Gated {
  readonly metric: GateMetricName;
  readonly tolerance: number;
  /** Somebody has named it, so that it must be there. */
  readonly isAsked: boolean;
}

export interface Tolerance {
  /** All of them when left out. */
  readonly metric?: GateMetricName;
  readonly value: number;
}

export interface GatedOptions {
  readonly chosen?: readonly GateMetricName[] | undefined;
  /** For all metrics, and then for single ones. */
  readonly tolerances?: readonly Tolerance[] | undefined;
}

/** Those that were chosen, or else the usual ones and those that have a tolerance of their own. */
export function gatedMetrics({ chosen, tolerances: given = [] }: GatedOptions = {}): Gated[] {
  const named = given.flatMap(({ metric }) => metric ?? []);
  const isGated = (metric: GateMetricName) =>
    chosen?.includes(metric) ?? (gateMetrics[metric].isDefault || named.includes(metric));
  return gateMetricNames.filter(isGated).map((metric) => {
    const own = given.findLast((one) => one.metric === metric);
    const all = given.findLast((one) => one.metric === undefined);
    const tolerance = (own ?? all)?.value ?? gateMetrics[metric].tolerance;
    return { metric, tolerance, isAsked: chosen !== undefined };
  });
}

export interface LatencyObjective {
  readonly metric: LatencyMetric;
  readonly statistic: string;
  readonly limitMs: number;
}

/**
 * The change in milliseconds below which a metric is as good as before: 5 % of its own objective
 * where that is more than the floor; but never more than a tenth of what it was, or an objective
 * that is easily kept would hide that it has doubled. Who tolerates nothing has no floor either.
 */
export function floorOf(
  { metric, tolerance }: Gated,
  slo: readonly LatencyObjective[],
  baseMs: number,
): number {
  const { floorMs, of }: GateMetric = gateMetrics[metric];
  if (tolerance === 0) return 0;
  const limits = slo
    .filter((one) => one.metric === of?.metric && one.statistic === of.statistic)
    .map(({ limitMs }) => Math.min(0.05 * limitMs, 0.1 * baseMs));
  return Math.max(floorMs, ...limits);
}
