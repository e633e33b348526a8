import { z } from 'zod';

/**
 * What the simulator said against what was measured, as plain JSON. The version goes up when a
 * reader of the old form would misunderstand the new one.
 */
export const agreementVersion = 1;

/**
 * The figures that a prediction is judged by, and how far off it may be: the tail rests on fewer
 * requests, so it may be off by more.
 */
export const agreementMetrics = {
  ttftP50Ms: { label: 'TTFT p50', unit: 'ms', family: 'TTFT', limit: 0.05 },
  ttftP90Ms: { label: 'TTFT p90', unit: 'ms', family: 'TTFT', limit: 0.05 },
  ttftP99Ms: { label: 'TTFT p99', unit: 'ms', family: 'TTFT', limit: 0.1 },
  tpotP50Ms: { label: 'TPOT p50', unit: 'ms', family: 'TPOT', limit: 0.05 },
  tpotP90Ms: { label: 'TPOT p90', unit: 'ms', family: 'TPOT', limit: 0.05 },
  tpotP99Ms: { label: 'TPOT p99', unit: 'ms', family: 'TPOT', limit: 0.1 },
  e2eP50Ms: { label: 'E2E p50', unit: 'ms', family: 'E2E', limit: 0.05 },
  e2eP90Ms: { label: 'E2E p90', unit: 'ms', family: 'E2E', limit: 0.05 },
  e2eP99Ms: { label: 'E2E p99', unit: 'ms', family: 'E2E', limit: 0.1 },
  outputTokensPerS: { label: 'tokens', unit: 'tok/s', family: 'rate', limit: 0.05 },
  goodputRps: { label: 'goodput', unit: 'req/s', family: 'rate', limit: 0.05 },
} as const satisfies Record<
  string,
  { label: string; unit: string; family: 'TTFT' | 'TPOT' | 'E2E' | 'rate'; limit: number }
>;

export type AgreementMetric = keyof typeof agreementMetrics;
export const agreementMetricNames = Object.keys(agreementMetrics) as AgreementMetric[];

const estimate = z.object({
  /** Over the runs. */
  mean: z.number(),
  /** 95 % for the mean; null with a single run, which says nothing about the spread. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
});
export type Estimate = z.output<typeof estimate>;

const figure = z.object({
  /** Null when some run did not reach it. */
  simulated: estimate.nullable(),
  measured: estimate.nullable(),
  /** Simulated over measured, less one: 0.1 is predicted a tenth too high. */
  error: z.number().nullable(),
  limit: z.number(),
  /** Null where there is nothing to judge: not reached in either, or a queue that only grew. */
  ok: z.boolean().nullable(),
});
export type AgreementFigure = z.output<typeof figure>;

const strategyAgreement = z.object({
  name: z.string(),
  /** Under which name it was simulated, where that is another: a balancer by its equivalent. */
  simulatedAs: z.string(),
  simulatedRuns: z.int(),
  measuredRuns: z.int(),
  /** In most runs of one of the worlds the fleet did not keep up. */
  saturated: z.boolean(),
  /** The world in which it fell behind, where it kept up in the other: they do not agree then. */
  fellBehindOnly: z.enum(['simulated', 'measured']).nullable().default(null),
  figures: z.record(z.enum(agreementMetricNames), figure),
});
export type StrategyAgreement = z.output<typeof strategyAgreement>;

const disagreement = z.object({
  metric: z.enum(agreementMetricNames),
  /** Less of the metric in the simulation, and more of it when measured. */
  lessSimulated: z.string(),
  lessMeasured: z.string(),
});
export type Disagreement = z.output<typeof disagreement>;

export const agreementSchema = z.object({
  schemaVersion: z.literal(agreementVersion),
  kind: z.literal('agreement'),
  strategies: z.array(strategyAgreement).min(1),
  ranking: z.object({
    /** Pairs of strategies by metric which both worlds tell apart, each over its own seeds. */
    decided: z.int(),
    agreeing: z.int(),
    /** Pairs that at least one of the worlds cannot tell apart. */
    undecided: z.int(),
    disagreements: z.array(disagreement),
  }),
  figures: z.object({ judged: z.int(), within: z.int() }),
  /**
   * Something was judged, all of it is within its limit, no pair changes places, and no strategy
   * falls behind in one world alone.
   */
  ok: z.boolean(),
  sentence: z.string(),
});
export type Agreement = z.output<typeof agreementSchema>;
