import { z } from 'zod';

/** Of each latency the quantiles by which a simulation is held against a measurement. */
export const latencyQuantileNames = [
  ...(['ttftP50Ms', 'ttftP90Ms', 'ttftP99Ms'] as const),
  ...(['tpotP50Ms', 'tpotP90Ms', 'tpotP99Ms'] as const),
  ...(['e2eP50Ms', 'e2eP90Ms', 'e2eP99Ms'] as const),
] as const;

/** Body and tail of the latencies, which a prediction has to meet both. */
export const latencyMsSchema = z.record(z.enum(latencyQuantileNames), z.number().nullable());
export type LatencyMs = z.output<typeof latencyMsSchema>;
