import {
  backslash,
  closeBrace,
  closingQuote,
  colon,
  comma,
  type JsonBytes,
  openBrace,
  quote,
  skipSpace,
  valueEnd,
} from './json-bytes.ts';
import { jsonText } from './json-scalars.ts';

/**
 * Finds the values of some keys of a JSON object, without parsing anything else. Of a key that
 * comes twice the last value counts, as for Python's `json`, by which replicas read the same bytes.
 * Names are told by their place in the list; what was found is overwritten by the next scan.
 */
export class ObjectFields {
  /** Where the value of each name begins, or -1. */
  readonly from: Int32Array;
  /** Where it ends, or -1 as well. */
  readonly to: Int32Array;
  readonly #names: readonly Buffer[];
  /** Places in the list of names, by the length of the name in bytes. */
  readonly #byLength: readonly (readonly number[])[];

  constructor(names: readonly string[]) {
    this.from = new Int32Array(names.length).fill(-1);
    this.to = new Int32Array(names.length).fill(-1);
    this.#names = names.map((name) => Buffer.from(name));
    const longest = Math.max(...this.#names.map(({ length }) => length));
    this.#byLength = Array.from({ length: longest + 1 }, (_, length) =>
      [...this.#names.keys()].filter((place) => this.#names[place]!.length === length),
    );
  }

  /**
   * The end of the object that begins at `at`, or -1 if there is none. Then nothing was found. What
   * is inside of values is not checked, beyond that strings and brackets end.
   */
  scan(json: JsonBytes, at: number): number {
    this.#forget();
    if (json.bytes[at] !== openBrace) return -1;
    const first = skipSpace(json, at + 1);
    if (json.bytes[first] === closeBrace) return first + 1;
    return this.#known(this.#scan(json, first));
  }

  /** The same for the rest of an object, of which a value ends at `at`. */
  scanRest(json: JsonBytes, at: number): number {
    this.#forget();
    const next = skipSpace(json, at);
    if (json.bytes[next] === closeBrace) return next + 1;
    if (json.bytes[next] !== comma) return -1;
    return this.#known(this.#scan(json, skipSpace(json, next + 1)));
  }

  #known(end: number): number {
    if (end < 0) this.#forget();
    return end;
  }

  #forget(): void {
    this.from.fill(-1);
    this.to.fill(-1);
  }

  /** From a key on. */
  #scan(json: JsonBytes, at: number): number {
    let next = at;
    for (;;) {
      if (json.bytes[next] !== quote) return -1;
      const keyEnd = closingQuote(json, next + 1);
      if (keyEnd < 0) return -1;
      const place = this.#placeOf(json, next + 1, keyEnd);
      next = skipSpace(json, keyEnd + 1);
      if (json.bytes[next] !== colon) return -1;
      next = skipSpace(json, next + 1);
      const end = valueEnd(json, next);
      if (end < 0) return -1;
      if (place >= 0) {
        this.from[place] = next;
        this.to[place] = end;
      }
      next = skipSpace(json, end);
      if (json.bytes[next] === closeBrace) return next + 1;
      if (json.bytes[next] !== comma) return -1;
      next = skipSpace(json, next + 1);
    }
  }

  #placeOf(json: JsonBytes, from: number, to: number): number {
    const length = to - from;
    // A byte takes six at most when it is escaped.
    if (length > 6 * this.#byLength.length) return -1;
    for (let at = from; at < to; at++) {
      if (json.bytes[at] === backslash) return this.#placeOfEscaped(json, from, to);
    }
    if (length >= this.#byLength.length) return -1;
    for (const place of this.#byLength[length]!) {
      if (isAt(json, from, this.#names[place]!)) return place;
    }
    return -1;
  }

  #placeOfEscaped(json: JsonBytes, from: number, to: number): number {
    const key = jsonText(json, from - 1, to + 1);
    return this.#names.findIndex((name) => name.toString() === key);
  }
}

export function isAt(json: JsonBytes, at: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) {
    if (json.bytes[at + i] !== name[i]) return false;
  }
  return true;
}
