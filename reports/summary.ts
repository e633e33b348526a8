import { z } from 'zod';
import { latencyMetrics } from '../core/slo.ts';
import { agreementSchema } from './agreement.ts';
import { metricNames } from './metrics.ts';

/**
 * What a comparison leaves behind, as plain JSON: every table, chart and export is made from it.
 * The version goes up when a reader of the old form would misunderstand the new one.
 */
export const summaryVersion = 1;

/** Of each latency the quantiles by which a simulation is held against a measurement. */
export const latencyQuantileNames = [
  ...(['ttftP50Ms', 'ttftP90Ms', 'ttftP99Ms'] as const),
  ...(['tpotP50Ms', 'tpotP90Ms', 'tpotP99Ms'] as const),
  ...(['e2eP50Ms', 'e2eP90Ms', 'e2eP99Ms'] as const),
] as const;

const interval = z.object({ low: z.number(), high: z.number() });

/** B against A in relative terms (0.1 is 10 % more), or in units where a ratio says nothing. */
const change = z.object({
  kind: z.enum(['ratio', 'difference']),
  estimate: z.number(),
  /** 95 %, paired over seeds; null with a single seed, which says nothing about the spread. */
  interval: interval.nullable(),
  /** Seeds in which B was better, of all seeds in which they differed. */
  seedsBetter: z.int(),
  seedsDiffering: z.int(),
});
export type Change = z.output<typeof change>;

const metricSummary = z.object({
  /** Null when no request reached it, as TPOT where every answer is one token. */
  mean: z.number().nullable(),
  /** 95 % for the mean over seeds; null with a single seed. */
  interval: interval.nullable(),
  perSeed: z.array(z.number().nullable()),
  standing: z.enum(['best', 'tied', 'behind', 'none']),
  /** This strategy against the best one of the metric; null for the best itself. */
  versusBest: change.nullable(),
});
export type MetricSummary = z.output<typeof metricSummary>;

const thresholdResult = z.object({
  text: z.string(),
  holds: z.boolean(),
  /** Milliseconds, or a share for goodput; mean over seeds. */
  value: z.number().nullable(),
});

const objective = z.object({
  text: z.string(),
  metric: z.enum([...latencyMetrics, 'goodput']),
  /** Milliseconds, or a share for goodput. */
  limit: z.number(),
});

const tailPoint = z.object({
  /** 1/(1-q): 100 is p99. */
  oneIn: z.number(),
  ms: z.number(),
  /** Fewer than ten samples of a run lie beyond. */
  thin: z.boolean(),
});
export type TailPoint = z.output<typeof tailPoint>;

const replicaShare = z.object({
  replica: z.string(),
  requests: z.number(),
  tokens: z.number(),
  busy: z.number(),
  /** Seconds of the window in which its machine was on, where not all were on for all of it. */
  on: z.number().optional(),
  /** Median of the requests it served; null where it has finished none. */
  tpotP50Ms: z.number().nullable().optional(),
});
export type ReplicaShare = z.output<typeof replicaShare>;

/** Of an entry of the traffic that has objectives of its own. */
const tenantShare = z.object({
  tenant: z.string(),
  requests: z.number(),
  /** Of its requests those that kept every limit of these objectives. */
  attainmentShare: z.number().nullable(),
});
export type TenantShare = z.output<typeof tenantShare>;

const counts = z.object({
  counted: z.number(),
  ok: z.number(),
  failed: z.number(),
  timeout: z.number(),
  rejected: z.number(),
  cancelled: z.number(),
  truncated: z.number(),
});
export type OutcomeCounts = z.output<typeof counts>;

/** The monitor of a gateway saw one replica get nearly everything while others were healthy. */
const alert = z.object({ atUs: z.number(), replica: z.string(), share: z.number() });

/** Body and tail of the latencies, which a prediction has to meet both. */
const latencyMs = z.record(z.enum(latencyQuantileNames), z.number().nullable());
export type LatencyMs = z.output<typeof latencyMs>;

/** What is counted holds a part of the warm-up, or the run never came to rest. */
const unsteadiness = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('warming'), untilUs: z.number() }),
  z.object({ kind: z.literal('drifting') }),
]);

/** One strategy under one seed. */
export const runSummarySchema = z.object({
  metrics: z.record(z.enum(metricNames), z.number().nullable()),
  latencyMs: latencyMs.optional(),
  thresholds: z.array(thresholdResult),
  outcomes: counts,
  /** Those of the failed that were longer than the context of the model. */
  refused: z.object({ requests: z.int(), longestTokens: z.int() }),
  /** Of the simulated steps whose time was looked up, those larger than any that was measured. */
  outsideRangeShare: z.number(),
  saturated: z.boolean(),
  /** Absent for a run that was steady from the start of its window on. */
  unsteady: unsteadiness.optional(),
  ttftTail: z.array(tailPoint),
  replicas: z.array(replicaShare),
  tenants: z.array(tenantShare).optional(),
  alerts: z.array(alert).optional(),
  /** Of all records of a simulated run: equal digests, equal runs. */
  digest: z.string().optional(),
});
export type RunSummary = z.output<typeof runSummarySchema>;

const strategySummary = z.object({
  name: z.string(),
  options: z.record(z.string(), z.unknown()),
  metrics: z.record(z.enum(metricNames), metricSummary),
  thresholds: z.array(thresholdResult),
  /** Over all seeds. */
  outcomes: counts,
  saturatedSeeds: z.int(),
  ttftTail: z.array(tailPoint),
  /** Mean share of each replica over the seeds. */
  replicas: z.array(replicaShare),
  /** The same over the seeds. */
  tenants: z.array(tenantShare).optional(),
});
export type StrategySummary = z.output<typeof strategySummary>;

const verdict = z.object({
  kind: z.enum(['winner', 'tied', 'identical', 'single', 'saturated']),
  metric: z.enum(metricNames),
  /** The strategy with the best mean; null when every strategy is saturated. */
  best: z.string().nullable(),
  runnerUp: z.string().nullable(),
  /** The best against the runner-up, paired over seeds. */
  change: change.nullable(),
  confidence: z.number(),
  seeds: z.int(),
  sentence: z.string(),
});
export type Verdict = z.output<typeof verdict>;

const fleetGroup = z.object({
  name: z.string(),
  gpu: z.string(),
  replicas: z.int(),
  tensorParallelSize: z.int().optional(),
  gpusPerReplica: z.int().optional(),
  /** Of one engine. */
  kvTokens: z.int().optional(),
  stepTime: z
    .object({
      basis: z.string(),
      source: z.string(),
      /** Mean error of a step, by what is in it. */
      expectedErrorPct: z
        .object({ decode: z.number(), prefill: z.number(), mixed: z.number() })
        .optional(),
    })
    .optional(),
  notes: z.array(z.string()).optional(),
});
export type FleetGroupSummary = z.output<typeof fleetGroup>;

/** A rate that was asked for as a share of what the fleet can sustain of this traffic alone. */
const loadFigures = z.object({
  share: z.number(),
  /** Of requests, or of the beginnings of jobs. */
  rps: z.number(),
  capacityRps: z.number(),
  requestsPerJob: z.number(),
});

/** One live run of several, and how far it can be believed. */
const liveRun = z.object({
  strategy: z.string(),
  seed: z.int(),
  /** How late a hundredth of the requests were sent. */
  generatorLagP99Ms: z.number(),
  /** How late a hundredth of the tokens were written; null where the replicas are real. */
  emulatorLagP99Ms: z.number().nullable(),
  /** Of one core, by the load generator. */
  generatorCpuShare: z.number(),
  /** Picks in the decision log, and those that a replay makes in another way. */
  decisions: z.object({ picks: z.int(), differing: z.int() }).optional(),
  latencyMs: latencyMs.optional(),
  replicaTpotP50Ms: z.record(z.string(), z.number().nullable()).optional(),
  /** Why its figures say nothing; none where they do. */
  invalid: z.array(z.string()),
});
export type LiveRunFacts = z.output<typeof liveRun>;

/** Of a run against a live server: how well its load generator kept to the schedule. */
const liveFigures = z.object({
  url: z.string(),
  model: z.string(),
  isValid: z.boolean(),
  isInterrupted: z.boolean(),
  sent: z.int(),
  lagP50Ms: z.number(),
  lagP99Ms: z.number(),
  lagMaxMs: z.number(),
  /** Of one core. */
  cpuShare: z.number(),
  failures: z.array(z.object({ name: z.string(), requests: z.int(), example: z.string() })),
  latencyMs: latencyMs.optional(),
});

export const comparisonSchema = z.object({
  schemaVersion: z.literal(summaryVersion),
  kind: z.literal('comparison'),
  verdict,
  strategies: z.array(strategySummary).min(1),
  warnings: z.array(z.string()),
  /** Of a live run: whether the simulator had said so. */
  agreement: agreementSchema.optional(),
  /** In the order in which they were run. */
  liveRuns: z.array(liveRun).optional(),
  live: liveFigures.optional(),
  scenario: z.object({
    name: z.string(),
    summary: z.string(),
    model: z.string(),
    /** Whether the catalogue knows the model, or its config.json was given. */
    modelBasis: z.enum(['catalogue', 'config.json']).optional(),
    fleet: z.array(fleetGroup),
    traffic: z.array(
      z.object({
        tenant: z.string(),
        arrivals: z.string(),
        input: z.string(),
        output: z.string(),
        load: loadFigures.optional(),
      }),
    ),
    slo: z.array(objective),
    warmupUs: z.number(),
    durationUs: z.number(),
  }),
  meta: z.object({
    /** Same scenario, strategies, seeds and version: same id, same figures. */
    runId: z.string(),
    version: z.string(),
    seeds: z.array(z.int()),
    simulated: z.boolean(),
    /** What differs from one execution to the next. */
    run: z.object({
      startedAt: z.string(),
      durationMs: z.number(),
      node: z.string(),
      command: z.string(),
    }),
  }),
});
export type Comparison = z.output<typeof comparisonSchema>;
