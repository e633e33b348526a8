import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { count, duration, share } from './quantities.ts';

const hourUs = 3_600 * US_PER_S;

function time(example: string) {
  return duration({ minUs: 1_000, maxUs: hourUs, example });
}

const activeSchema = z.strictObject({
  every: time('5s').default('5s').describe('Between two checks of a replica.'),
  timeout: time('2s').default('2s').describe('No answer by then is a bad one.'),
  fall: count({ max: 100, example: 3 }).default(3).describe('Bad ones in a row take it out.'),
  rise: count({ max: 100, example: 2 }).default(2).describe('Good ones in a row bring it back.'),
});

const passiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z
      .literal('ejection')
      .describe("As Envoy's outlier detection; the first request afterwards is a trial."),
    failures: count({ max: 1_000, example: 5 })
      .default(5)
      .describe('Failed requests in a row that take a replica out.'),
    time: time('30s').default('30s').describe('For how long; n times that when it is the nth.'),
    maxTime: time('300s').default('300s').describe('But not longer than this.'),
    maxShare: share({ example: 0.5 })
      .default(0.5)
      .describe('Most of the pool that is out at once.'),
    forgive: time('10s')
      .default('10s')
      .describe('Time in the pool that makes the next ejection one step shorter.'),
  }),
  z.strictObject({
    kind: z.literal('max-fails').describe('As max_fails and fail_timeout of nginx.'),
    maxFails: z
      .int()
      .min(0)
      .max(1_000)
      .default(1)
      .meta({ examples: [1] })
      .describe('Failed requests that take a replica out; 0 for never.'),
    failTimeout: duration({ minUs: US_PER_S, maxUs: hourUs, example: '10s' })
      .default('10s')
      .describe('For how long, and how often one request tries afterwards; whole seconds.'),
  }),
]);

const slowStartSchema = z.strictObject({
  window: time('30s').default('30s').describe('Until it has its whole share.'),
  leastShare: share({ example: 0.1 }).default(0.1).describe('What it begins with.'),
  by: z
    .enum(['weight', 'thinning'])
    .default('thinning')
    .describe(
      'By its weight, for strategies that look at it; or it is left out of a part of the decisions.',
    ),
});

export const healthSchema = z.strictObject({
  active: activeSchema.optional().describe('Asking replicas for their health. Default: off.'),
  passive: passiveSchema.optional().describe('Learning it from requests that fail. Default: off.'),
  panicBelow: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .meta({ examples: [0.5] })
    .describe('With a smaller share of healthy replicas all are used; 0 for never.'),
  slowStart: slowStartSchema
    .optional()
    .describe('Less than its share for a replica that has come, or come back. Default: off.'),
});
