import { fail } from './assert.ts';

/**
 * Time is a count of microseconds in a double: exact up to 2^53 us, about 285 years. Every duration
 * is rounded to whole microseconds once, where it is made, so sums never drift.
 */
export const US_PER_MS = 1_000;
export const US_PER_S = 1_000_000;

const unitUs: Readonly<Record<string, number>> = {
  us: 1,
  ms: US_PER_MS,
  s: US_PER_S,
  m: 60 * US_PER_S,
  min: 60 * US_PER_S,
  h: 3_600 * US_PER_S,
  d: 86_400 * US_PER_S,
};

/** Reads "500ms", "2m", "1.5 h"; undefined for anything else, a bare number included. */
export function parseDurationUs(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|m|min|h|d)\s*$/.exec(text);
  if (match === null) return undefined;
  const us = Math.round(Number(match[1]) * unitUs[match[2]!]!);
  return Number.isSafeInteger(us) ? us : undefined;
}

/** Reads a duration that was checked when its file was read. */
export function usOf(duration: string): number {
  return parseDurationUs(duration) ?? fail(`"${duration}" was to be checked before it is used`);
}

/** The shortest exact way a person would write it: 120000000 is "2m", 1500 is "1.5ms". */
export function formatDurationUs(us: number): string {
  for (const unit of ['h', 'm', 's'] as const) {
    if (us >= unitUs[unit]! && us % unitUs[unit]! === 0) return `${us / unitUs[unit]!}${unit}`;
  }
  if (us >= US_PER_S) return `${us / US_PER_S}s`;
  return us >= US_PER_MS ? `${us / US_PER_MS}ms` : `${us}us`;
}
