import { z } from 'zod';
import { US_PER_S, usOf } from '../core/time.ts';
import { admissionSchema } from './gateway-admission-schema.ts';
import { hedgingSchema, retriesSchema, timeoutsSchema } from './gateway-attempt-schema.ts';
import { autoscaleSchema } from './gateway-autoscale-schema.ts';
import { healthSchema } from './gateway-health-schema.ts';
import { count, duration } from './quantities.ts';

const signalsSchema = z.strictObject({
  every: duration({ minUs: 1_000, maxUs: 3_600 * US_PER_S, example: '200ms' })
    .default('200ms')
    .describe('How often each replica is asked for its metrics.'),
  jitter: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .meta({ examples: [0.1] })
    .describe('Most that a turn is late by chance, as a share of the period.'),
  delay: duration({ minUs: 0, maxUs: 60 * US_PER_S, example: '5ms' })
    .default('0ms')
    .describe('From the moment a replica looks at itself until the gateway knows.'),
  loss: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .meta({ examples: [0.01] })
    .describe('Share of the answers that never come.'),
});

const kvEventsSchema = z.strictObject({
  delay: duration({ minUs: 0, maxUs: 60 * US_PER_S, example: '50ms' })
    .default('50ms')
    .describe('From the moment a replica tells of its cache until the gateway knows.'),
  loss: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .meta({ examples: [0.01] })
    .describe('Share of the messages that never come; gateways ask for those again.'),
});

const queueSchema = z.strictObject({
  ordering: z
    .enum(['fcfs', 'edf', 'priority'])
    .default('fcfs')
    .describe('Who goes first: who came first, who must have a first token first, or priority.'),
  fairness: z
    .enum(['none', 'round-robin', 'vtc'])
    .default('none')
    .describe('Between tenants: none, one each in turn, or whoever has had the fewest tokens.'),
  weights: z
    .record(z.string(), z.number().positive().max(1e6))
    .default({})
    .meta({ examples: [{ paid: 4 }] })
    .describe(
      'By tier, how many times as many tokens its tenants are due with vtc; 1 where it is not said.',
    ),
  maxLength: count({ max: 10_000_000, example: 5_000 })
    .default(5_000)
    .describe('Who comes while so many wait is rejected.'),
  maxWait: duration({ minUs: 1_000, maxUs: 24 * 3_600 * US_PER_S, example: '60s' })
    .default('60s')
    .describe('Who has waited so long is rejected.'),
  shedLate: z
    .boolean()
    .default(false)
    .describe('Who can no longer have its first token in time is rejected.'),
  whenNoReplica: z
    .enum(['hold', 'reject'])
    .default('hold')
    .describe('What to do while no replica may be sent anything.'),
  retryAfter: duration({ minUs: 1_000, maxUs: 3_600 * US_PER_S, example: '1s' })
    .default('1s')
    .describe('What those are told who are rejected.'),
});

const monitorSchema = z.strictObject({
  window: duration({ minUs: US_PER_S, maxUs: 3_600 * US_PER_S, example: '60s' })
    .default('60s')
    .describe('Requests that are looked at.'),
  alertShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.8)
    .meta({ examples: [0.8] })
    .describe('A larger share at one replica, while others are healthy, is told.'),
  leastRequests: count({ max: 1_000_000, example: 20 })
    .default(20)
    .describe('Fewer in the window say nothing.'),
});

/** How the gateway is run; what is not said is off, or as any gateway would have it. */
export const gatewaySchema = z.strictObject({
  signals: signalsSchema
    .prefault({})
    .describe('Scraping of `/metrics`, for strategies that look at it.'),
  kvEvents: kvEventsSchema
    .prefault({})
    .describe('What replicas tell of their prefix caches, for strategies that listen.'),
  routers: count({ max: 64, example: 4 })
    .optional()
    .describe('Gateways beside each other; each knows only its own requests. Default: 1.'),
  spread: z
    .enum(['round-robin', 'session'])
    .optional()
    .describe(
      'How requests come to them; by session, all of one come to the same. Default: round-robin.',
    ),
  admission: admissionSchema.optional().describe('What tenants may use. Default: all they want.'),
  queue: queueSchema
    .optional()
    .describe('How requests wait. Default: without limits, first come, first served.'),
  maxInFlight: z
    .union([count({ max: 1_000_000, example: 256 }), z.literal('maxNumSeqs')], {
      error: 'expected a whole number from 1, or maxNumSeqs',
    })
    .optional()
    .meta({ examples: ['maxNumSeqs'] })
    .describe(
      'Most requests in flight at a replica; maxNumSeqs for as many as its engine runs. Default: no limit.',
    ),
  timeouts: timeoutsSchema.optional().describe('When an attempt is given up. Default: never.'),
  retries: retriesSchema
    .optional()
    .describe(
      'Sending again, to another replica, what failed before its first token. Default: off.',
    ),
  hedging: hedgingSchema
    .optional()
    .describe('A second attempt at what is slow to begin; the first token wins. Default: off.'),
  health: healthSchema.optional().describe('Which replicas are left alone. Default: none.'),
  monitor: monitorSchema.optional().describe('Watches where requests go. Default: off.'),
  autoscale: autoscaleSchema
    .optional()
    .describe('Groups of the fleet that grow and shrink, by name. Default: none.'),
});

export type GatewayOptions = Readonly<z.output<typeof gatewaySchema>>;

export interface SignalTimes {
  readonly everyUs: number;
  readonly jitter: number;
  readonly delayUs: number;
  readonly loss: number;
}

export function signalTimes({
  delay,
  every,
  jitter,
  loss,
}: GatewayOptions['signals']): SignalTimes {
  return { everyUs: usOf(every), delayUs: usOf(delay), jitter, loss };
}

export interface KvEventTimes {
  readonly delayUs: number;
  readonly loss: number;
}

export function kvEventTimes({ delay, loss }: GatewayOptions['kvEvents']): KvEventTimes {
  return { delayUs: usOf(delay), loss };
}
