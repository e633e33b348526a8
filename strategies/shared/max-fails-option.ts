import { z } from 'zod';

/** For those who count failures as nginx does. */
export const maxFailsOption = z
  .int()
  .min(0)
  .max(1_000)
  .default(1)
  .meta({ examples: [1] })
  .describe(
    'So many failures before the first token take all the weight of a replica, each turn gives one back, as with max_fails of nginx; 0 for never.',
  );
