import type { BadRows } from './bad-rows.ts';

export interface JsonItemsOptions {
  readonly bad: BadRows;
  /** One element of the list, and the line it begins on. */
  onItem(bytes: Uint8Array, line: number): void;
}

const longestItem = 8_000_000;
const [newline, quote, backslash] = [10, 34, 92];
const [openList, closeList, openObject, closeObject, comma] = [91, 93, 123, 125, 44];
/** Blanks between elements, and the three bytes of a byte order mark. */
const blank = new Set([9, 10, 13, 32, 0xef, 0xbb, 0xbf]);

/**
 * Cuts a file that is one long JSON list of objects into its elements, without holding the list.
 * It follows strings and braces only; whoever parses an element finds what else is wrong with it.
 */
export class JsonItems {
  readonly #options: JsonItemsOptions;
  #state: 'before' | 'between' | 'inside' | 'after' = 'before';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #itemLine = 1;
  #pieces: Uint8Array[] = [];
  #kept = 0;

  constructor(options: JsonItemsOptions) {
    this.#options = options;
  }

  push(bytes: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === newline) this.#line += 1;
      if (this.#state === 'inside') {
        if (!this.#closes(byte)) continue;
        this.#give(bytes.subarray(from, at + 1));
      } else if (this.#outside(byte)) {
        from = at;
      }
    }
    if (this.#state === 'inside') this.#keep(bytes.slice(from));
  }

  end(): void {
    if (this.#state === 'after') return;
    this.#options.bad.fatal(this.#line, 'the list does not end with "]"; the file is cut.');
  }

  /** True where an element begins. */
  #outside(byte: number): boolean {
    if (blank.has(byte)) return false;
    if (this.#state === 'before' && byte === openList) this.#state = 'between';
    else if (this.#state === 'between' && byte === closeList) this.#state = 'after';
    else if (this.#state === 'between' && byte === openObject) {
      this.#state = 'inside';
      this.#depth = 1;
      this.#itemLine = this.#line;
      return true;
    } else if (this.#state !== 'between' || byte !== comma) {
      const found = JSON.stringify(String.fromCharCode(byte));
      this.#options.bad.fatal(this.#line, `${found} does not belong into a list of objects.`);
    }
    return false;
  }

  /** True where the element ends. */
  #closes(byte: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) this.#inString = false;
      return false;
    }
    if (byte === quote) this.#inString = true;
    else if (byte === openObject || byte === openList) this.#depth += 1;
    else if (byte === closeObject || byte === closeList) this.#depth -= 1;
    return this.#depth === 0;
  }

  #give(last: Uint8Array): void {
    const item = joined([...this.#pieces, last]);
    this.#state = 'between';
    this.#pieces = [];
    this.#kept = 0;
    this.#options.onItem(item, this.#itemLine);
  }

  #keep(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#kept += piece.length;
    if (this.#kept <= longestItem) return;
    const message = `an element is longer than ${longestItem / 1e6} MB; is a brace missing?`;
    this.#options.bad.fatal(this.#itemLine, message);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
