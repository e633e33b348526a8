import { z } from 'zod';

/** What a gate leaves behind: the terminal, the comment, the test results and the page show it. */
export const gateVersion = 1;

const interval = z.object({ low: z.number(), high: z.number() });

const strategy = z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) });

/** One figure of one scenario against the baseline. */
const gateRow = z.object({
  metric: z.string(),
  /** "TTFT p99", or "TPOT p50 of a100-2". */
  label: z.string(),
  kind: z.enum(['latency', 'share']),
  replica: z.string().optional(),
  /** Means over the seeds: milliseconds, or a share. */
  base: z.number(),
  head: z.number(),
  /** How much worse: a share of the latency, or of the requests. Below zero is better. */
  worsening: z.number(),
  /** 95 %, paired over seeds; null from a single one. */
  interval: interval.nullable(),
  tolerance: z.number(),
  /** A smaller change in milliseconds is none. */
  floorMs: z.number(),
  /** Chance of this if it were no worse than is tolerated, raised for the number of figures. */
  p: z.number(),
  seedsWorse: z.int(),
  outcome: z.enum(['identical', 'pass', 'regress', 'inconclusive']),
  /** About how many more would decide. */
  seedsMissing: z.int().optional(),
});
export type GateRow = z.output<typeof gateRow>;

const gateScenario = z.object({
  name: z.string(),
  /** Absent where there was nothing to judge. */
  strategies: z.object({ base: strategy, head: strategy }).optional(),
  seeds: z.array(z.int()),
  outcome: z.enum(['identical', 'pass', 'regress', 'inconclusive', 'invalid']),
  /** Why it is invalid, or worse for another reason than a figure. */
  reason: z.string().optional(),
  /** Of simulated runs: whether all records are the same, down to the last bit. */
  digests: z
    .object({
      compared: z.int(),
      equal: z.int(),
      /** Where they first differ, and in what. */
      first: z.object({ seed: z.int(), what: z.string() }).optional(),
    })
    .optional(),
  saturatedSeeds: z.object({ base: z.int(), head: z.int() }),
  rows: z.array(gateRow),
  notes: z.array(z.string()),
});
export type GateScenario = z.output<typeof gateScenario>;

/** What two measurements of one thing differ by, which no gate can look beneath. */
const noise = z.object({
  pairs: z.int(),
  floors: z.array(z.object({ metric: z.string(), label: z.string(), floor: z.number() })),
});
export type GateNoise = z.output<typeof noise>;

export const gateSchema = z.object({
  schemaVersion: z.literal(gateVersion),
  kind: z.literal('gate'),
  verdict: z.object({
    kind: z.enum(['pass', 'regress', 'inconclusive', 'invalid']),
    sentence: z.string(),
    /** What to do about it. */
    advice: z.string().optional(),
  }),
  scenarios: z.array(gateScenario),
  looks: z.object({
    /** Seeds of each look that was planned, and how many it took. */
    sizes: z.array(z.int()),
    taken: z.int(),
    /** One-sided, at each look, for a chance of 5 % over all. */
    level: z.number(),
  }),
  noise: noise.optional(),
  meta: z.object({
    runId: z.string(),
    version: z.string(),
    simulated: z.boolean(),
    /** What head was held against: files or folders, and who made them. */
    baseline: z.array(z.string()),
    /** What differs from one execution to the next. */
    run: z.object({
      startedAt: z.string(),
      durationMs: z.number(),
      node: z.string(),
      command: z.string(),
    }),
  }),
});
export type GateResult = z.output<typeof gateSchema>;
