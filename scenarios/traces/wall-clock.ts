import { BadRow, printed } from './bad-rows.ts';
import type { CsvFields } from './csv-fields.ts';

const ticksPerS = 10_000_000;
const sPerDay = 86_400;
/** Days are counted from here, so that ticks stay below 2^53 for some 28 years either way. */
const epochDay = daysFromCivil(2_020, 1, 1);
const zero = 48;
const [dot, plus, minus, colon, space, letterT, letterZ] = [46, 43, 45, 58, 32, 84, 90];

/**
 * `2023-11-16 18:15:46.6805900`, with up to nine digits of a second (of which seven count), `T` or a
 * blank in the middle, and nothing, `Z` or `+00:00` at the end: in ticks of 100 ns. `Date` keeps
 * three digits, which would make ties of requests that are not.
 */
export function wallClockTicks(fields: CsvFields, field: number): number {
  const ticks = ticksIn(fields.bytes, fields.from[field]!, fields.to[field]!);
  if (Number.isNaN(ticks)) throw wrong(fields.text(field));
  return ticks;
}

/** The same of a text, such as one from JSON. */
export function wallClockTicksOf(text: string): number {
  const bytes = encoder.encode(text);
  const ticks = ticksIn(bytes, 0, bytes.length);
  if (Number.isNaN(ticks)) throw wrong(text);
  return ticks;
}

const encoder = new TextEncoder();

/** NaN for anything else. */
function ticksIn(bytes: Uint8Array, from: number, to: number): number {
  const year = pair(bytes, from) * 100 + pair(bytes, from + 2);
  const month = pair(bytes, from + 5);
  const day = pair(bytes, from + 8);
  const hour = pair(bytes, from + 11);
  const minute = pair(bytes, from + 14);
  const second = pair(bytes, from + 17);
  const middle = bytes[from + 10];
  const shaped =
    to - from >= 19 &&
    bytes[from + 4] === minus &&
    bytes[from + 7] === minus &&
    (middle === space || middle === letterT) &&
    bytes[from + 13] === colon &&
    bytes[from + 16] === colon;
  const real = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!shaped || !real || !(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  let at = from + 19;
  let ticks = 0;
  if (at < to && bytes[at] === dot) {
    at += 1;
    const digits = countDigits(bytes, at, to);
    if (digits === 0 || digits > 9) return Number.NaN;
    for (let place = 0, worth = ticksPerS / 10; place < Math.min(digits, 7); place++, worth /= 10) {
      ticks += (bytes[at + place]! - zero) * worth;
    }
    at += digits;
  }
  const offsetS = at === to ? 0 : zoneOffsetS(bytes, at, to);
  const days = daysFromCivil(year, month, day) - epochDay;
  const seconds = days * sPerDay + hour * 3_600 + minute * 60 + second - offsetS;
  return seconds * ticksPerS + ticks;
}

/** Two digits; NaN, which no comparison holds for, where they are none. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - zero;
  const ones = bytes[at + 1]! - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

function countDigits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at]! >= zero && bytes[at]! <= zero + 9) at += 1;
  return at - from;
}

function zoneOffsetS(bytes: Uint8Array, at: number, to: number): number {
  const length = to - at;
  const sign = bytes[at];
  if (sign === letterZ && length === 1) return 0;
  const offset = pair(bytes, at + 1) * 3_600 + pair(bytes, at + 4) * 60;
  if ((sign === plus || sign === minus) && length === 6 && bytes[at + 3] === colon && offset >= 0) {
    return sign === plus ? offset : -offset;
  }
  return Number.NaN;
}

/** Days since 1970-01-01 of the Gregorian calendar (H. Hinnant, "chrono-compatible algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function wrong(found: string): BadRow {
  const wanted = 'write it as "2023-11-16 18:15:46.6805900"';
  return new BadRow(`the time is ${printed(found)}; ${wanted}.`);
}
