import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { count, duration } from './quantities.ts';

const dayUs = 24 * 3_600 * US_PER_S;

function time(example: string) {
  return duration({ minUs: 1_000, maxUs: dayUs, example });
}

/** Extra attempts are load that a fleet in trouble can do least with. */
function budgetShare(example: number) {
  return z
    .number()
    .min(0)
    .max(1)
    .default(example)
    .meta({ examples: [example] })
    .describe('Most of these at once, as a share of the requests in the gateway.');
}

export const timeoutsSchema = z.strictObject({
  connect: time('2s').default('2s').describe('Until there is a connection.'),
  firstByte: time('120s')
    .default('120s')
    .describe('From the start of an attempt to its first token; waiting at the gateway is apart.'),
  idle: time('60s').default('60s').describe('Between two tokens.'),
  total: time('30m')
    .default('30m')
    .describe('From the arrival of a request to its end, with all its attempts.'),
});

export const retriesSchema = z.strictObject({
  most: count({ max: 10, example: 2 }).default(2).describe('Most times for a request.'),
  backoff: time('25ms')
    .default('25ms')
    .describe('The nth comes after up to (2^n - 1) times this, drawn evenly.'),
  maxBackoff: time('250ms').default('250ms').describe('But not later than this.'),
  budget: budgetShare(0.2),
  atLeast: count({ max: 10_000, example: 20 }).default(20).describe('So many are always allowed.'),
});

export const hedgingSchema = z.strictObject({
  after: time('1s').describe('Without a first token by then.'),
  budget: budgetShare(0.05),
  atLeast: count({ max: 10_000, example: 1 }).default(1).describe('So many are always allowed.'),
});
