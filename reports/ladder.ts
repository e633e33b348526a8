import { z } from 'zod';
import type { MetricName } from './metrics.ts';
import { comparisonSchema, summaryVersion } from './summary.ts';

/** What is told of every place of a ladder; the mean over the seeds that were run there. */
export const ladderMetrics = [
  ...(['ttftP50Ms', 'ttftP99Ms', 'tpotP99Ms', 'e2eP99Ms'] as const),
  ...(['attainmentShare', 'goodputRps', 'outputTokensPerS'] as const),
] as const satisfies readonly MetricName[];

const interval = z.object({ low: z.number(), high: z.number() });

const change = comparisonSchema.shape.verdict.shape.change;

const point = z.object({
  /** The load, or the rate. */
  at: z.number(),
  seeds: z.int(),
  /** Seeds that kept every objective, and those that fell behind the traffic. */
  keeping: z.int(),
  saturated: z.int(),
  /** Null where a seed has none. */
  metrics: z.record(z.enum(ladderMetrics), z.number().nullable()),
});
export type LadderPoint = z.output<typeof point>;

const ladderStrategy = z.object({
  name: z.string(),
  options: z.record(z.string(), z.unknown()),
  knee: z.object({
    /** Over the seeds; null where a seed has its knee outside of the ladder. */
    mean: z.number().nullable(),
    /** 95 %; null with a single seed as well. */
    interval: interval.nullable(),
    /** The highest place below the first that breaks the SLO; null where the lowest does. */
    perSeed: z.array(z.number().nullable()),
    /** Seeds that keep the SLO at the highest place, and those that do not at the lowest. */
    seedsAbove: z.int(),
    seedsBelow: z.int(),
  }),
  standing: z.enum(['best', 'tied', 'behind', 'none']),
  /** Against the strategy with the highest knee, paired over seeds; null for that one. */
  versusBest: change,
  /** What breaks first just above the knee, and in how many seeds. */
  breaks: z.array(z.object({ what: z.string(), seeds: z.int() })),
  /** Ascending. */
  points: z.array(point),
});
export type LadderStrategy = z.output<typeof ladderStrategy>;

/**
 * Up to which load each strategy keeps the SLO, as plain JSON: table, charts and Markdown are made
 * from it.
 */
export const ladderSchema = z.object({
  schemaVersion: z.literal(summaryVersion),
  kind: z.literal('ladder'),
  axis: z.enum(['load', 'rate']),
  /** The lowest and the highest place, and the next ones of a knee: 0.01 is 1 % apart. */
  from: z.number(),
  to: z.number(),
  /** Null where the places were chosen one by one. */
  precisionShare: z.number().nullable(),
  verdict: z.object({
    /** `outside`: the ladder ends where the answer would be; `none`: nobody keeps the SLO on it. */
    kind: z.enum(['winner', 'tied', 'identical', 'single', 'outside', 'none']),
    /** The strategy with the highest knee. */
    best: z.string().nullable(),
    runnerUp: z.string().nullable(),
    change,
    confidence: z.number(),
    seeds: z.int(),
    sentence: z.string(),
  }),
  strategies: z.array(ladderStrategy).min(1),
  warnings: z.array(z.string()),
  scenario: comparisonSchema.shape.scenario,
  meta: comparisonSchema.shape.meta,
});
export type Ladder = z.output<typeof ladderSchema>;
