import { z } from 'zod';

/** Of strategies that learn by KV events what is cached, and do not wait for them. */
export const speculationS = z
  .number()
  .min(0)
  .max(3_600)
  .default(2)
  .meta({ examples: [2] })
  .describe('Seconds for which a prompt counts as cached where it was sent, without an event.');
