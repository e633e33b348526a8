import { z } from 'zod';
import { latencyMsSchema } from './latency-ms.ts';

/** Seconds of the scenario in one of the clock; older results do not say. */
const timeScale = z.number().optional();

/** One live run of several, and how far it can be believed. */
export const liveRunSchema = z.object({
  strategy: z.string(),
  seed: z.int(),
  timeScale,
  /** How late a hundredth of the requests were sent. */
  generatorLagP99Ms: z.number(),
  /** How late a hundredth of the tokens were written; null where the replicas are real. */
  emulatorLagP99Ms: z.number().nullable(),
  /** From client to replica and back, as the simulation has it; null where nobody knows. */
  wayMs: z.number().nullable().optional(),
  /** Of one core, by the load generator. */
  generatorCpuShare: z.number(),
  /** Picks in the decision log, and those that a replay makes in another way. */
  decisions: z.object({ picks: z.int(), differing: z.int() }).optional(),
  latencyMs: latencyMsSchema.optional(),
  replicaTpotP50Ms: z.record(z.string(), z.number().nullable()).optional(),
  /** Why its figures say nothing; none where they do. */
  invalid: z.array(z.string()),
});
export type LiveRunFacts = z.output<typeof liveRunSchema>;

/** Of a run against a live server: how well its load generator kept to the schedule. */
export const liveFiguresSchema = z.object({
  url: z.string(),
  model: z.string(),
  isValid: z.boolean(),
  isInterrupted: z.boolean(),
  sent: z.int(),
  timeScale,
  /** The end of the run, where it was asked for by this. */
  mostRequests: z.int().optional(),
  lagP50Ms: z.number(),
  lagP99Ms: z.number(),
  lagMaxMs: z.number(),
  /** Of one core. */
  cpuShare: z.number(),
  failures: z.array(z.object({ name: z.string(), requests: z.int(), example: z.string() })),
  latencyMs: latencyMsSchema.optional(),
});
