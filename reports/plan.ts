import { z } from 'zod';

/** What a capacity plan leaves behind, as plain JSON: every table and chart is made from it. */
export const planVersion = 1;

/** What happens while a fleet is judged. */
export const situationKinds = ['reclaim', 'n-1', 'peak', 'day', 'autoscaled'] as const;
export type SituationKind = (typeof situationKinds)[number];

/** Left out for what is rented on demand. */
const market = z.literal('spot').optional();

const fleetSchema = z.object({
  /** "7 × A100-80GB-SXM + 2 × L40S". */
  text: z.string(),
  groups: z.array(
    z.object({
      gpu: z.string(),
      market,
      tensorParallelSize: z.int(),
      gpusPerReplica: z.int(),
      replicas: z.int(),
      usdPerHour: z.number(),
    }),
  ),
  replicas: z.int(),
  usdPerHour: z.number(),
});
export type PlanFleet = z.output<typeof fleetSchema>;

/** An objective in a situation, over the seeds that were run. */
const checkSchema = z.object({
  situation: z.enum(situationKinds),
  text: z.string(),
  unit: z.enum(['ms', 'share']),
  /** Null where nothing was measured. */
  mean: z.number().nullable(),
  /** What the mean is within with 95 % confidence; null where too few seeds were run. */
  bound: z.number().nullable(),
  limit: z.number(),
  /** How much of the limit is left, from the mean; negative where it is missed. */
  headroomShare: z.number().nullable(),
  holds: z.boolean(),
});
export type PlanCheck = z.output<typeof checkSchema>;

/** Why a fleet does not keep the SLO. */
const causeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('saturated'), situation: z.enum(situationKinds) }),
  z.object({ kind: z.literal('objective'), check: checkSchema }),
  z.object({ kind: z.literal('nobody-left') }),
]);
export type PlanCause = z.output<typeof causeSchema>;

const verdictSchema = z.object({
  /** Undecided: the mean keeps every limit, and its confidence bound does not. */
  kind: z.enum(['keeps', 'undecided', 'fails']),
  /** The most that were run of a situation; fewer where it failed at once. */
  seeds: z.int(),
  checks: z.array(checkSchema),
  cause: causeSchema.nullable(),
});
export type PlanVerdict = z.output<typeof verdictSchema>;

const judgedFleetSchema = z.object({ fleet: fleetSchema, verdict: verdictSchema });
export type JudgedFleet = z.output<typeof judgedFleetSchema>;

const costsSchema = z.object({
  usdPerHour: z.number(),
  usdPerMonth: z.number(),
  /** With the fleet on all the time; null where nothing was answered. */
  usdPerMillionOutputTokens: z.number().nullable(),
  /** Prompts and answers together. */
  usdPerMillionTokens: z.number().nullable(),
});

const headroomSchema = z.object({
  /** Growth of the traffic that still keeps the SLO: 0.12 is 12 %. */
  share: z.number(),
  /** More was not tried. */
  isAtLeast: z.boolean(),
  /** What fails first when there is more. */
  breaksFirst: causeSchema.nullable(),
});

/** A question of the kind "what if", judged by the means over fewer seeds. */
const whatIfSchema = z.object({
  what: z.string(),
  /** Whether the winner still keeps the SLO. */
  holds: z.boolean(),
  /** What is needed of the winner's main kind; null where the limits allow no such fleet. */
  fleet: fleetSchema.nullable(),
  /** Growth of the cost per hour against the winner. */
  costShare: z.number().nullable(),
});
export type PlanWhatIf = z.output<typeof whatIfSchema>;

const strategySchema = z.object({
  name: z.string(),
  fleet: fleetSchema.nullable(),
  costShare: z.number().nullable(),
});
export type PlanStrategy = z.output<typeof strategySchema>;

/** How many replicas of one kind alone would do. */
const uniformSchema = z.object({
  card: z.string(),
  usdPerHourEach: z.number(),
  /** Every count that was simulated. */
  tried: z.array(
    z.object({
      replicas: z.int(),
      usdPerHour: z.number(),
      kind: z.enum(['keeps', 'undecided', 'fails', 'promising']),
    }),
  ),
  needs: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('keeps'), fleet: fleetSchema }),
    /** By capacity alone, which is a bound from below. */
    z.object({ kind: z.literal('at-least'), replicas: z.int(), usdPerHour: z.number() }),
    z.object({ kind: z.literal('none'), reason: z.string() }),
  ]),
});
export type PlanUniform = z.output<typeof uniformSchema>;

const priceSchema = z.object({
  gpu: z.string(),
  market,
  usdPerGpuHour: z.number(),
  /** "specialised", or "given" for one from the command line. */
  tier: z.string(),
  date: z.string(),
  source: z.string(),
  verified: z.boolean(),
});
export type PlanPrice = z.output<typeof priceSchema>;

/** What it is worth to rent replicas on spot. */
const spotSchema = z.object({
  /** The cheapest without them; null where no such fleet within the limits keeps the SLO. */
  onDemand: judgedFleetSchema.nullable(),
  savesUsdPerHour: z.number().nullable(),
  /** Of what the cheapest without them costs. */
  savesShare: z.number().nullable(),
});
export type PlanSpot = z.output<typeof spotSchema>;

/** Replicas that are switched off and on over the whole scenario. */
const scaledSchema = z.object({
  /** Never fewer than this, of all kinds together. */
  minimum: z.int(),
  verdict: verdictSchema,
  /** How many were on, in all of the seeds. */
  replicas: z.object({ least: z.int(), mean: z.number(), most: z.int() }),
  /** On average over the window. */
  usdPerHour: z.number(),
});
export type PlanScaled = z.output<typeof scaledSchema>;

const scalingFacts = { rule: z.string(), boot: z.string() };
const autoscalingSchema = z.discriminatedUnion('kind', [
  /** Traffic that is the same all the time; there is nothing to follow. */
  z.object({ kind: z.literal('no-curve'), ...scalingFacts }),
  z.object({
    kind: z.literal('judged'),
    ...scalingFacts,
    /** With all replicas on all the time. */
    fixedUsdPerHour: z.number(),
    /** With the smallest minimum that keeps the SLO; null where all have to be on. */
    best: scaledSchema.nullable(),
    tried: z.array(scaledSchema),
  }),
]);
export type PlanAutoscaling = z.output<typeof autoscalingSchema>;

export const planSchema = z.object({
  schemaVersion: z.literal(planVersion),
  kind: z.literal('plan'),
  answer: z.object({
    kind: z.enum(['found', 'none', 'undecided']),
    sentence: z.string(),
    /** Why nothing cheaper, and whatever else decides; in the order of their weight. */
    reasons: z.array(z.string()),
  }),
  /** The cheapest fleet that keeps the SLO with confidence. */
  winner: judgedFleetSchema
    .extend({ strategy: z.string(), costs: costsSchema, headroom: headroomSchema.nullable() })
    .nullable(),
  /** Cheaper fleets: the next one by cost, and the winner with one replica less. */
  cheaper: z.array(judgedFleetSchema),
  /** Without a winner, what came nearest; with one, what else keeps the SLO, cheapest first. */
  runnersUp: z.array(judgedFleetSchema),
  uniform: z.array(uniformSchema),
  strategies: z.array(strategySchema),
  /** Where it was asked for, and a fleet was found. */
  spot: spotSchema.optional(),
  autoscaling: autoscalingSchema.optional(),
  whatIfs: z.array(whatIfSchema),
  notes: z.array(z.string()),
  question: z.object({
    name: z.string(),
    summary: z.string(),
    model: z.string(),
    slo: z.array(z.string()),
    strategy: z.string(),
    survive: z.int(),
    /** Of the spot replicas of one kind those that may be taken back together. */
    reclaimShare: z.number().optional(),
    maxReplicas: z.int(),
    maxKinds: z.int(),
    situations: z.array(
      z.object({
        kind: z.enum(situationKinds),
        about: z.string(),
        requestsPerS: z.number().nullable(),
        warmupUs: z.number(),
        durationUs: z.number(),
      }),
    ),
    prices: z.array(priceSchema),
    leftOut: z.array(z.object({ gpu: z.string(), reason: z.string() })),
  }),
  searched: z.object({
    /** Fleets within the limits. */
    candidates: z.int(),
    /** Fleets that were simulated, and the runs that took. */
    judged: z.int(),
    runs: z.int(),
  }),
  meta: z.object({
    /** The same question and version: the same id, the same answer. */
    runId: z.string(),
    version: z.string(),
    seeds: z.array(z.int()),
    run: z.object({
      startedAt: z.string(),
      durationMs: z.number(),
      node: z.string(),
      command: z.string(),
    }),
  }),
});
export type Plan = z.output<typeof planSchema>;
