/** What a threshold may speak of. */
export const latencyMetrics = ['ttft', 'tpot', 'e2e'] as const;
export type LatencyMetric = (typeof latencyMetrics)[number];

export const statistics = ['mean', 'p50', 'p90', 'p95', 'p99', 'p99.9'] as const;
export type Statistic = (typeof statistics)[number];

export type Comparator = '<' | '<=' | '>' | '>=';

/** One service level objective, read from a text such as "ttft.p99 < 500ms" or "goodput > 95%". */
export type Threshold = { readonly text: string; readonly comparator: Comparator } & (
  | {
      readonly kind: 'latency';
      readonly metric: LatencyMetric;
      readonly statistic: Statistic;
      readonly limitUs: number;
    }
  | { readonly kind: 'goodput'; readonly limitShare: number }
);

/** Tenants with objectives of their own, in place of those of the scenario. */
export interface SloClass {
  readonly tenant: string;
  /** Its requests are of "tenant-1", "tenant-2", … */
  readonly hasPopulation: boolean;
  readonly slo: readonly Threshold[];
}

/** Says whose objective it is. */
export function sloClassText({ tenant }: SloClass, { text }: Pick<Threshold, 'text'>): string {
  return `${tenant}: ${text}`;
}

/** What one request must keep to count as good; infinity where nobody has set a limit. */
export interface RequestLimits {
  readonly ttftUs: number;
  readonly tpotUs: number;
  readonly e2eUs: number;
}

export const noLimits: RequestLimits = {
  ttftUs: Number.POSITIVE_INFINITY,
  tpotUs: Number.POSITIVE_INFINITY,
  e2eUs: Number.POSITIVE_INFINITY,
};

export function requestLimits(slo: readonly Threshold[]): RequestLimits {
  const { ttft, tpot, e2e } = requestLimitsUs(slo);
  return {
    ttftUs: ttft ?? Number.POSITIVE_INFINITY,
    tpotUs: tpot ?? Number.POSITIVE_INFINITY,
    e2eUs: e2e ?? Number.POSITIVE_INFINITY,
  };
}

/**
 * What one request must keep to count as good: the latency limits of the thresholds, whatever
 * statistic they were set for. "ttft.p99 < 500ms" asks 99 % of the requests to start within 500 ms,
 * so a request that does not is a bad one.
 */
export function requestLimitsUs(slo: readonly Threshold[]): Partial<Record<LatencyMetric, number>> {
  const limits: Partial<Record<LatencyMetric, number>> = {};
  for (const threshold of slo) {
    if (threshold.kind !== 'latency') continue;
    const { metric, limitUs } = threshold;
    limits[metric] = Math.min(limits[metric] ?? Number.POSITIVE_INFINITY, limitUs);
  }
  return limits;
}

export function holds(value: number, comparator: Comparator, limit: number): boolean {
  switch (comparator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}
