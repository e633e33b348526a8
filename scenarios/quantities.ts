import { z } from 'zod';
import { formatDurationUs, parseDurationUs } from '../core/time.ts';

/**
 * The building blocks of the schema. Every number has an upper bound as well: a slip of the
 * keyboard must become a message, not a run that never ends. The examples end up in error messages.
 */

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly example: number;
}

/** A number above zero, and not so near to it that times run out of the numbers there are. */
export function positive({ min, max, example }: NumberBounds) {
  return z
    .number()
    .gt(0, { abort: true })
    .min(min)
    .max(max)
    .meta({ examples: [example] });
}

/** A whole number from one. */
export function count({ max, example }: { max: number; example: number }) {
  return z
    .int()
    .min(1)
    .max(max)
    .meta({ examples: [example] });
}

export function tokens() {
  return count({ max: 10_000_000, example: 512 });
}

export function rateRps() {
  return positive({ min: 1e-6, max: 100_000, example: 16 }).describe(
    'Requests per second, on average.',
  );
}

/** A coefficient of variation above zero; what has none is a constant. */
export function variation() {
  return positive({ min: 0.01, max: 100, example: 2 });
}

/** Counts relative to the other weights beside it. */
export function weight() {
  return positive({ min: 1e-9, max: 1e12, example: 1 });
}

export function share({ example }: { example: number }) {
  return z
    .number()
    .gt(0)
    .max(1)
    .meta({ examples: [example] });
}

export interface DurationBounds {
  minUs: number;
  maxUs: number;
  example: string;
}

/** A text with a unit, such as "10m" or "500ms"; `usOf` reads it once it is checked. */
export function duration({ minUs, maxUs, example }: DurationBounds) {
  const bounds = `${formatDurationUs(minUs)} to ${formatDurationUs(maxUs)}`;
  const message = `expected a duration with its unit, from ${bounds}`;
  const isDuration = (text: string) => {
    const us = parseDurationUs(text);
    return us !== undefined && us >= minUs && us <= maxUs;
  };
  return z
    .string({ error: message })
    .refine(isDuration, message)
    .meta({ examples: [example] });
}
