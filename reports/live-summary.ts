import { z } from 'zod';

/** One live run of several, and how far it can be believed. */
export const liveRun = z.object({
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
  /** Why its figures say nothing; none where they do. */
  invalid: z.array(z.string()),
});
export type LiveRunFacts = z.output<typeof liveRun>;

/** Of a run against a live server: how well its load generator kept to the schedule. */
export const liveFigures = z.object({
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
});
