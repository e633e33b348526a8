import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { count, duration, positive } from './quantities.ts';

const most = count({ max: 1_000_000_000, example: 600 });

const rateLimitSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('token-bucket').describe('Fills at a steady rate; what is in it may come.'),
    perS: positive({ min: 1e-6, max: 1_000_000_000, example: 10 }).describe('Per second.'),
    burst: most.describe('When it is full.'),
  }),
  z.strictObject({
    kind: z.literal('sliding-window').describe('So much in any window of that length.'),
    most: most.describe('In a window.'),
    window: duration({ minUs: 1_000, maxUs: 24 * 3_600 * US_PER_S, example: '60s' })
      .default('60s')
      .describe('Its length.'),
  }),
]);

export type RateLimitOptions = z.output<typeof rateLimitSchema>;

const limits = z
  .array(rateLimitSchema)
  .max(8)
  .default([])
  .meta({ examples: [[{ kind: 'token-bucket', perS: 10, burst: 20 }]] });

const tierSchema = z.strictObject({
  concurrent: count({ max: 1_000_000, example: 32 })
    .optional()
    .describe('Most requests at once. Default: no limit.'),
  promptTokens: count({ max: 10_000_000, example: 32_768 })
    .optional()
    .describe('Longest prompt. Default: no limit.'),
  requests: limits.describe('How many requests; all of these must allow one.'),
  tokens: limits.describe('How many tokens, of prompts and answers.'),
});

/** What each tenant of a tier may use. */
export const admissionSchema = z.strictObject({
  tiers: z
    .record(z.string().min(1).max(64), tierSchema)
    .meta({ examples: [{ free: { concurrent: 4 } }] })
    .describe(
      'By name of the tier; "default" is for tenants without one. Others have no limits. Each tenant of a tier has them for itself.',
    ),
  assumedOutputTokens: count({ max: 1_000_000, example: 256 })
    .default(256)
    .describe('What an answer is charged before its length is known; put right at its end.'),
});
