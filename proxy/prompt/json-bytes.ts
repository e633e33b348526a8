/** The end of a JSON value that begins at `at`, or -1 if it has none; its inside is not checked. */
export function valueEnd(json: JsonBytes, at: number): number {
  const first = json.bytes[at];
  if (first === quote) return closingQuote(json, at + 1) + 1 || -1;
  if (first === openBrace || first === openBracket) return nestedEnd(json, at);
  const end = scalarEnd(json, at);
  return end > at ? end : -1;
}

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

/** Bytes that may be JSON, and the same by words, which are looked at four bytes at a time. */
export interface JsonBytes {
  readonly bytes: Buffer;
  readonly words: DataView;
}

export function jsonBytes(bytes: Buffer): JsonBytes {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/**
 * So many bytes of a string are looked at here before a native search is worth its call, and more
 * where it has found an escaped quote just ahead, because such strings are full of them.
 */
const nearBytes = 64;
const nearQuotes = 512;

export function skipSpace(json: JsonBytes, at: number): number {
  const { bytes } = json;
  let next = at;
  while (next < bytes.length && isSpace(bytes[next]!)) next += 1;
  return next;
}

/**
 * Where a string ends whose inside begins at `at`, or -1. The native search looks for quotes alone,
 * so that each byte is looked at by it once, whatever there is of backslashes.
 */
export function closingQuote(json: JsonBytes, at: number): number {
  const { bytes } = json;
  let next = at;
  let looks = nearBytes;
  for (;;) {
    const near = Math.min(next + looks, bytes.length);
    for (;;) {
      next = plainUntil(json, next, near);
      if (next >= near) break;
      if (bytes[next] === quote) return next;
      next += 2;
    }
    const found = bytes.indexOf(quote, next);
    if (found < 0) return -1;
    let run = found;
    while (run > next && bytes[run - 1] === backslash) run -= 1;
    if ((found - run) % 2 === 0) return found;
    looks = found - near < nearBytes ? nearQuotes : nearBytes;
    next = found + 1;
  }
}

/** The first quote or backslash from `at` on, or `to`. */
function plainUntil({ bytes, words }: JsonBytes, at: number, to: number): number {
  let next = at;
  for (; next + 4 <= to; next += 4) {
    if (hasMeaning(words.getInt32(next, true))) break;
  }
  for (; next < to; next++) {
    const byte = bytes[next]!;
    if (byte === quote || byte === backslash) break;
  }
  return next;
}

/**
 * Whether one of four bytes is a quote or a backslash, which the exclusive or makes zero: there is
 * a zero exactly if taking one from each byte borrows ("Bit Twiddling Hacks", haszero).
 */
export function hasMeaning(word: number): boolean {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  const zeros = ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes);
  return (zeros & 0x80808080) !== 0;
}

/** Brackets are counted and not matched: the depth is a number, however deep it is. */
function nestedEnd(json: JsonBytes, at: number): number {
  const { bytes } = json;
  let depth = 0;
  for (let next = at; next < bytes.length; next++) {
    const byte = bytes[next]!;
    if (byte === quote) {
      next = closingQuote(json, next + 1);
      if (next < 0) return -1;
      continue;
    }
    // Square brackets and braces differ by this bit alone, and no other byte is like them.
    const folded = byte | 0x20;
    if (folded === openBrace) depth += 1;
    else if (folded === closeBrace && --depth === 0) return next + 1;
  }
  return -1;
}

/** Whether the value here is null, or nothing is in it. */
export function isEmptyAt(json: JsonBytes, at: number): boolean {
  const first = json.bytes[at];
  if (first === 0x6e) return true;
  if (first === quote) return json.bytes[at + 1] === quote;
  if (first !== openBracket && first !== openBrace) return false;
  const inside = json.bytes[skipSpace(json, at + 1)];
  return inside === closeBracket || inside === closeBrace;
}

function scalarEnd(json: JsonBytes, at: number): number {
  const { bytes } = json;
  let next = at;
  for (; next < bytes.length; next++) {
    const byte = bytes[next]!;
    if (byte === comma || byte === colon || byte === quote || isSpace(byte)) break;
    const folded = byte | 0x20;
    if (folded === openBrace || folded === closeBrace) break;
  }
  return next;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
