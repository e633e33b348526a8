import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { count, duration, rateRps, share } from './quantities.ts';

const dayUs = 24 * 3_600 * US_PER_S;

function time(usual: string, minUs = US_PER_S) {
  return duration({ minUs, maxUs: dayUs, example: usual }).default(usual);
}

const stableFor = time('5m').describe('Smaller only to what was enough for all of this time.');

const nearTarget = {
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .meta({ examples: [0.1] })
    .describe('A share of the target by which it may be missed without any change.'),
  stableFor,
  avoidFor: time('30m', 0).describe('A size that was too small is not tried again for so long.'),
};

const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z
      .literal('queue-depth')
      .describe('One more when too many wait for too long, one less when nobody does.'),
    above: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(5)
      .meta({ examples: [5] })
      .describe('More waiting than this is too many.'),
    aboveFor: time('60s', 0).describe('For how long, for each one more.'),
    idleFor: time('10m').describe('For how long nobody waits, for each one less.'),
  }),
  z.strictObject({
    kind: z.literal('kv-target').describe('As many as bring the use of the KV caches to this.'),
    target: share({ example: 0.7 }).default(0.7).describe('Mean share of the blocks in use.'),
    ...nearTarget,
  }),
  z.strictObject({
    kind: z.literal('ttft-target').describe('As many as bring the time to first token to this.'),
    target: duration({ minUs: 1_000, maxUs: dayUs, example: '500ms' }).describe(
      'Time to first token, of the 95th of a hundred requests of the last minute.',
    ),
    ...nearTarget,
  }),
  z.strictObject({
    kind: z.literal('rate-trend').describe('As many as the rate will need when one has booted.'),
    replicaRps: rateRps().describe('Requests a second that one replica can take.'),
    utilisation: share({ example: 0.7 }).default(0.7).describe('Share of that it is to be given.'),
    window: time('2m').describe('Looked back upon, to draw a line through the rate.'),
    stableFor,
  }),
]);

const groupSchema = z.strictObject({
  min: count({ max: 10_000, example: 1 }).default(1).describe('Never fewer replicas.'),
  max: count({ max: 10_000, example: 8 }).describe('Never more; those that drain count as well.'),
  rule: ruleSchema.describe('How many there should be.'),
  every: time('15s').describe('Between two looks at the load.'),
  boot: time('2m', 0).describe('From the decision until a new replica serves.'),
  coolDownUp: time('60s', 0).describe('After replicas were added, none are added for so long.'),
  coolDownDown: time('5m', 0).describe('After any change, none is taken away for so long.'),
  atOnce: count({ max: 10_000, example: 4 })
    .default(4)
    .describe('Most that are added or taken away at once.'),
  drain: time('10m', 0).describe('Who leaves may take so long to finish what it has.'),
});

/** Groups of the fleet that grow and shrink. */
export const autoscaleSchema = z
  .record(z.string().min(1).max(64), groupSchema)
  .meta({ examples: [{ a100: { max: 8, rule: { kind: 'queue-depth' } } }] });

export type GroupScaling = Readonly<z.output<typeof groupSchema>>;
export type ScalingRuleOptions = GroupScaling['rule'];
