import { z } from 'zod';
import { count, positive } from './quantities.ts';

/** Separate engines for prompts and answers, as vLLM's NIXL connector makes them one. */
export const disaggregationSchema = z.strictObject({
  prefill: count({ max: 64, example: 2 }).describe('Engines that compute prompts.'),
  decode: count({ max: 64, example: 2 }).describe('Engines that write answers.'),
  kvTransferGBps: positive({ min: 0.001, max: 100_000, example: 50 })
    .default(50)
    .describe('Speed at which the KV blocks of a prompt move, in gigabytes per second.'),
  kvTransferMs: z
    .number()
    .min(0)
    .max(60_000)
    .default(1)
    .meta({ examples: [1] })
    .describe('What a transfer takes besides.'),
});
