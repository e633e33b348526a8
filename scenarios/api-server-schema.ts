import { z } from 'zod';
import { count } from './quantities.ts';

/**
 * The front end of vLLM. That a request takes about 5 ms beside the pipeline of the engine is what
 * a fit of measured first-token times leaves over (vLLM 0.15.1, H100, 15 points of five models);
 * that 1,000 tokens take 10 to 20 us is an estimate.
 */
export const apiServerSchema = z.strictObject({
  requestMs: z
    .number()
    .min(0)
    .max(60_000)
    .default(5)
    .meta({ examples: [5] })
    .describe(
      'Time of an API process for a request: HTTP, template, hand-over; 0 for no front end.',
    ),
  promptUsPer1000Tokens: z
    .number()
    .min(0)
    .max(60_000_000)
    .default(15)
    .meta({ examples: [15] })
    .describe('Time to tokenise, in microseconds for 1,000 prompt tokens.'),
  processes: count({ max: 256, example: 4 })
    .default(1)
    .describe('API processes, each of which serves one request at a time.'),
});
