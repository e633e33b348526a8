import { z } from 'zod';

/** How much of what was sent is remembered, for every strategy that remembers it. */
export const prefixOptions = {
  blocksPerReplica: z
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .meta({ examples: [31_250] })
    .describe('Most blocks remembered for a replica; 0 for as many as its KV cache has.'),
  blocksPerPrompt: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .meta({ examples: [256] })
    .describe('Only so many blocks of each prompt are compared; 0 for all.'),
};
