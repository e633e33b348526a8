import { z } from 'zod';
import { US_PER_MS, US_PER_S } from '../core/time.ts';
import { count, duration, positive } from './quantities.ts';

const weekUs = 168 * 3_600 * US_PER_S;

function time(example: string) {
  return duration({ minUs: 0, maxUs: weekUs, example });
}

const at = time('5m').describe('When, from the start of the run, warm-up included.');
/** At least a moment: what lasts for no time would never be noticed. */
const lasting = duration({ minUs: US_PER_MS, maxUs: weekUs, example: '90s' }).describe(
  'How long it lasts.',
);
const replicas = z
  .array(z.string().min(1).max(64))
  .min(1)
  .max(10_000)
  .meta({ examples: [['a100-1']] })
  .describe('Names of replicas, such as a100-1, or of a whole group.');

/**
 * What happens to a fleet, planned or not; the same for a simulation and for a live run. What is
 * done to replicas from outside, the gateway does not know until it notices; what is done on
 * purpose, it is told.
 */
const fleetEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('crash').describe('The engine dies, and with it its cache.'),
    at,
    replicas,
    mode: z
      .enum(['reset', 'hang', 'fail-fast'])
      .default('reset')
      .describe(
        'What clients see while it is down: connections are reset, nothing at all, or errors at once.',
      ),
    down: lasting.default('90s'),
    warmUp: time('60s')
      .default('0s')
      .describe('After that it loads the model, and refuses connections.'),
  }),
  z.strictObject({
    kind: z.literal('slow').describe('Every step takes longer: heat, a noisy neighbour.'),
    at,
    replicas,
    factor: positive({ min: 1, max: 1_000, example: 3 }).describe('Times as long.'),
    for: lasting,
  }),
  z.strictObject({
    kind: z.literal('network').describe('The way between gateway and replica suffers.'),
    at,
    replicas,
    delay: time('50ms').default('0s').describe('Added each way.'),
    loss: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .meta({ examples: [0.01] })
      .describe('Share of the requests that never arrive; 1 cuts the replica off.'),
    for: lasting,
  }),
  z.strictObject({
    kind: z.literal('metrics').describe('What the replica says of itself goes wrong.'),
    at,
    replicas,
    mode: z.enum(['lost', 'frozen']).default('lost'),
    for: lasting,
  }),
  z.strictObject({
    kind: z.literal('reclaim').describe('Spot machines are taken back after a notice.'),
    at,
    replicas,
    notice: time('30s').default('30s'),
    replacement: time('4m')
      .optional()
      .describe('A new machine is there so long after the notice began. Default: there is none.'),
  }),
  z.strictObject({
    kind: z.literal('add').describe('More replicas of a group.'),
    at,
    group: z
      .string()
      .min(1)
      .max(64)
      .meta({ examples: ['a100'] }),
    count: count({ max: 10_000, example: 2 }),
    boot: time('3m').default('0s').describe('Until they take requests.'),
  }),
  z.strictObject({
    kind: z.literal('remove').describe('Taken out: no new requests, then switched off.'),
    at,
    replicas,
    drain: time('60s').default('60s').describe('Time to finish what they have.'),
  }),
  z.strictObject({
    kind: z.literal('weight').describe('The share of the traffic it is meant to get changes.'),
    at,
    replicas,
    weight: positive({ min: 0.001, max: 1_000, example: 2 }),
  }),
]);

export const fleetEventsSchema = z
  .array(fleetEventSchema)
  .max(1_000)
  .default([])
  .meta({ examples: [[{ kind: 'crash', at: '5m', replicas: ['a100-1'] }]] })
  .describe('What happens to the fleet, and when.');

export type FleetEvent = z.output<typeof fleetEventSchema>;
export type CrashMode = (FleetEvent & { kind: 'crash' })['mode'];
export type MetricsMode = (FleetEvent & { kind: 'metrics' })['mode'];
