import { z } from 'zod';
import { positive } from './quantities.ts';

/** How GPUs reach each other, where it was measured. */
export const interconnectSchema = z.strictObject({
  effectiveGBps: positive({ min: 0.001, max: 100_000, example: 16 }).describe(
    'What each GPU really sends in a second, per direction.',
  ),
  allReduceMs: z
    .number()
    .min(0)
    .max(1_000)
    .default(0)
    .meta({ examples: [0.02] })
    .describe('Time of an all-reduce before it sends anything.'),
});
