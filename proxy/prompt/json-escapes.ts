import type { JsonBytes } from './json-bytes.ts';
/** Where the bytes of a text go. */
export interface ByteSink {
  put(byte: number): void;
}

/**
 * Writes the character of the escape that begins with the backslash at `at`, in UTF-8, and gives
 * where the JSON goes on. What is no escape is written as it is. Half of a pair of surrogates is no
 * character, and gets the three bytes that it would have.
 */
export function writeEscape(json: JsonBytes, at: number, sink: ByteSink): number {
  const letter = json.bytes[at + 1];
  if (letter === undefined) return at + 1;
  if (letter !== longEscape) {
    sink.put(shortEscapes[letter]!);
    return at + 2;
  }
  const unit = hexAt(json, at + 2);
  if (unit < 0) {
    sink.put(letter);
    return at + 2;
  }
  if (
    unit >= 0xd800 &&
    unit < 0xdc00 &&
    json.bytes[at + 6] === 0x5c &&
    json.bytes[at + 7] === longEscape
  ) {
    const low = hexAt(json, at + 8);
    if (low >= 0xdc00 && low < 0xe000) {
      writeUtf8(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), sink);
      return at + 12;
    }
  }
  writeUtf8(unit, sink);
  return at + 6;
}

/** Of `\\u`, which is followed by four digits. */
export const longEscape = 0x75;

/** By letter: what stands for itself and for the control characters with a letter of their own. */
export const shortEscapes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
for (const [letter, byte] of [
  ['b', 8],
  ['t', 9],
  ['n', 10],
  ['f', 12],
  ['r', 13],
] as const) {
  shortEscapes[letter.charCodeAt(0)] = byte;
}

/** By byte: the value of a hexadecimal digit, or -1. */
const digits = Int8Array.from({ length: 256 }, (_, byte) => {
  const text = String.fromCharCode(byte);
  return /[0-9a-fA-F]/.test(text) ? Number.parseInt(text, 16) : -1;
});

/** Four hexadecimal digits, or a negative number. */
function hexAt(json: JsonBytes, at: number): number {
  if (at + 4 > json.bytes.length) return -1;
  const high = (digits[json.bytes[at]!]! << 12) | (digits[json.bytes[at + 1]!]! << 8);
  return high | (digits[json.bytes[at + 2]!]! << 4) | digits[json.bytes[at + 3]!]!;
}

function writeUtf8(point: number, sink: ByteSink): void {
  if (point < 0x80) {
    sink.put(point);
    return;
  }
  if (point < 0x800) {
    sink.put(0xc0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      sink.put(0xe0 | (point >> 12));
    } else {
      sink.put(0xf0 | (point >> 18));
      sink.put(0x80 | ((point >> 12) & 0x3f));
    }
    sink.put(0x80 | ((point >> 6) & 0x3f));
  }
  sink.put(0x80 | (point & 0x3f));
}
