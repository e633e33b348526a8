import { backslash, type JsonBytes, quote } from './json-bytes.ts';

/** The text of a JSON string in these bytes; undefined for anything else, or if it is too long. */
export function jsonText(json: JsonBytes, from: number, to: number): string | undefined {
  if (json.bytes[from] !== quote || to - from - 2 > mostTextBytes) return undefined;
  for (let at = from + 1; at < to - 1; at++) {
    if (json.bytes[at] === backslash) return unescaped(json, from, to);
  }
  return json.bytes.toString('utf8', from + 1, to - 1);
}

/** A JSON number in these bytes; NaN for anything else. */
export function jsonNumber(json: JsonBytes, from: number, to: number): number {
  if (from < 0) return Number.NaN;
  const whole = wholeNumber(json, from, to);
  if (!Number.isNaN(whole)) return whole;
  const text = json.bytes.toString('latin1', from, Math.min(to, from + 32));
  return /^-?\d/.test(text) ? Number(text) : Number.NaN;
}

const zero = 0x30;
/** A number of so many is exact. */
const mostDigits = 15;

/** What clients send as a rule, without making a text of it. */
function wholeNumber({ bytes }: JsonBytes, from: number, to: number): number {
  if (to - from > mostDigits) return Number.NaN;
  let whole = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - zero;
    if (digit < 0 || digit > 9) return Number.NaN;
    whole = 10 * whole + digit;
  }
  return whole;
}

/** Names and keys are short; what is longer is something else. */
const mostTextBytes = 1_024;

function unescaped(json: JsonBytes, from: number, to: number): string | undefined {
  try {
    return JSON.parse(json.bytes.toString('utf8', from, to)) as string;
  } catch {
    return undefined;
  }
}
