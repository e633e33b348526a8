import { randomExponential } from 'd3-random';
import { z } from 'zod';
import type { Place } from '../core/passage.ts';
import type { Random } from '../core/random.ts';
import { US_PER_S, usOf } from '../core/time.ts';
import { duration, positive } from './quantities.ts';
import { numberAmongOwn } from './texts.ts';

const hourUs = 3_600 * US_PER_S;

/** What the clients of a tenant do when an answer is late or does not come. */
export const clientSchema = z
  .strictObject({
    timeout: duration({ minUs: 1_000, maxUs: 24 * hourUs, example: '20s' })
      .optional()
      .describe('Gives up when the answer is not complete by then. Default: never.'),
    firstTokenTimeout: duration({ minUs: 1_000, maxUs: 24 * hourUs, example: '5s' })
      .optional()
      .describe('Gives up when the first token has not come by then. Default: never.'),
    retries: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .meta({ examples: [2] })
      .describe('How often it sends again what failed, was refused or took too long. Default: 0.'),
    backoff: duration({ minUs: 1_000, maxUs: hourUs, example: '1s' })
      .optional()
      .describe(
        'Wait before the first of these; it doubles each time, and up to half is left to chance. Default: 1s.',
      ),
    abortShare: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ examples: [0.05] })
      .describe(
        'Share of the requests whose user goes away unless the answer is complete by then. Default: 0.',
      ),
    abortAfter: duration({ minUs: 1_000, maxUs: hourUs, example: '5s' })
      .optional()
      .describe('When they do so, on average; exponentially distributed. Default: 5s.'),
    readTokensPerS: positive({ min: 0.01, max: 1_000_000, example: 10 })
      .optional()
      .describe('Reads no faster than this, however fast the answer is generated.'),
  })
  .superRefine(({ abortAfter, abortShare, backoff, retries }, context) => {
    const refuse = (key: string, message: string) => {
      context.addIssue({ code: 'custom', message, path: [key], params: { complete: true } });
    };
    if (backoff !== undefined && retries === undefined) {
      refuse('backoff', 'there are no retries to wait for. Write retries: 2 beside it.');
    }
    if (abortAfter !== undefined && abortShare === undefined) {
      refuse('abortAfter', 'nobody goes away. Write abortShare: 0.05 beside it.');
    }
  });

export type GivenClientOptions = z.output<typeof clientSchema>;

const defaults = { retries: 0, backoff: '1s', abortShare: 0, abortAfter: '5s' } as const;

export type ClientOptions = GivenClientOptions & {
  readonly [Key in keyof typeof defaults]: NonNullable<GivenClientOptions[Key]>;
};

/** Filled in here and not by the schema, which must know what was written. */
export function withClientDefaults(given: GivenClientOptions): ClientOptions {
  return { ...defaults, ...given } as ClientOptions;
}

/** How the client of a request behaves; the same in a simulation and in a live run. */
export interface ClientBehaviour {
  readonly timeoutUs: number;
  readonly firstTokenTimeoutUs: number;
  readonly retries: number;
  /** From one token to the next, at least; 0 for a client that reads whatever comes. */
  readonly readUsPerToken: number;
  /** How long it waits before it sends for the nth time what has its answer there. */
  backoffUs(answer: Place, nth: number): number;
}

/**
 * Doubles from try to try; half of it is chance, or all who failed together come back together.
 * The chance belongs to a text of the tenant, not to the number of the request, which depends on
 * when those of others come.
 */
export function clientBehaviour(
  options: ClientOptions,
  chance: (purpose: string) => Random,
): ClientBehaviour {
  const backoffUs = usOf(options.backoff);
  return {
    timeoutUs: durationUs(options.timeout),
    firstTokenTimeoutUs: durationUs(options.firstTokenTimeout),
    retries: options.retries,
    readUsPerToken: US_PER_S / (options.readTokensPerS ?? Number.POSITIVE_INFINITY),
    backoffUs: ({ from, text }, nth) => {
      const half = 0.5 * chance(`backoff/${numberAmongOwn(text)}+${from}/${nth}`)();
      return Math.round(backoffUs * 2 ** (nth - 2) * (0.5 + half));
    },
  };
}

/** Draws after how long the user of a request goes away; infinity for those who stay. */
export function createPatience({ abortAfter, abortShare }: ClientOptions, random: Random) {
  const meanUs = usOf(abortAfter);
  const nextAfterUs = randomExponential.source(random)(1 / meanUs);
  return () => {
    const leaves = random() < abortShare;
    // Drawn for those who stay as well, so that another share changes nobody's time.
    const afterUs = Math.round(nextAfterUs());
    return leaves ? afterUs : Number.POSITIVE_INFINITY;
  };
}

function durationUs(text: string | undefined): number {
  return text === undefined ? Number.POSITIVE_INFINITY : usOf(text);
}
