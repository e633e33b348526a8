import { z } from 'zod';
import { parseDurationUs, US_PER_S } from '../core/time.ts';
import { duration } from './quantities.ts';

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
    .describe('Share of the messages that never come.'),
});

/** How the gateway is run; what is not said is off, or as any gateway would have it. */
export const gatewaySchema = z.strictObject({
  signals: signalsSchema
    .prefault({})
    .describe('Scraping of `/metrics`, for strategies that look at it.'),
  kvEvents: kvEventsSchema
    .prefault({})
    .describe('What replicas tell of their prefix caches, for strategies that listen.'),
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
  return { everyUs: parseDurationUs(every)!, delayUs: parseDurationUs(delay)!, jitter, loss };
}

export interface KvEventTimes {
  readonly delayUs: number;
  readonly loss: number;
}

export function kvEventTimes({ delay, loss }: GatewayOptions['kvEvents']): KvEventTimes {
  return { delayUs: parseDurationUs(delay)!, loss };
}
