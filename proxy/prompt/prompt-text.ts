import { BlockHasher, type BlockHasherOptions } from './block-hasher.ts';
import { backslash, hasMeaning, type JsonBytes, quote } from './json-bytes.ts';
import { longEscape, shortEscapes, writeEscape } from './json-escapes.ts';

/** A good part of a prompt is gathered before it is hashed, and stays in the nearest cache. */
const gatheredBytes = 8 * 1_024;

/** So many bytes are copied one by one before native searches are worth their calls. */
const nearBytes = 256;

/**
 * The text of one prompt, taken out of JSON piece by piece: counted, and hashed by blocks as long
 * as anybody wants that. Escapes are undone on the way, so that é is é however a client writes it.
 */
export class PromptText {
  readonly #hasher: BlockHasher | undefined;
  readonly #words = new Uint32Array(gatheredBytes / 4);
  readonly #gathered = Buffer.from(this.#words.buffer);
  readonly #view = new DataView(this.#words.buffer);
  #fill = 0;
  #flushed = 0;
  #isHashed = false;
  /** What was added and is not of the text itself. */
  #besides = 0;
  /** Where the next of each is, as far as that was asked; a body is searched only once. */
  #quoteAt = -1;
  #backslashAt = -1;

  /** Without options nothing is hashed. */
  constructor(options: BlockHasherOptions | undefined) {
    if (options !== undefined) this.#hasher = new BlockHasher(options);
  }

  begin(seed: string): void {
    this.#fill = 0;
    this.#flushed = 0;
    this.#besides = 0;
    this.#quoteAt = -1;
    this.#backslashAt = -1;
    this.#isHashed = this.#hasher !== undefined;
    this.#hasher?.begin(seed);
  }

  /** Bytes of text in UTF-8. */
  get bytes(): number {
    return this.#flushed + this.#fill - this.#besides;
  }

  get isHashed(): boolean {
    return this.#isHashed;
  }

  /** What comes after this is counted and not hashed. */
  stopHashing(): void {
    if (this.#isHashed) this.#flush();
    this.#isHashed = false;
  }

  hashes(): Float64Array {
    this.stopHashing();
    return this.#hasher?.hashes() ?? noHashes;
  }

  /** Divides one thing from another; what is no byte of UTF-8 cannot be said by a client's text. */
  mark(byte: number): void {
    this.#besides += 1;
    this.put(byte);
  }

  put(byte: number): void {
    if (this.#fill === gatheredBytes) this.#flush();
    this.#gathered[this.#fill++] = byte;
  }

  /** As long as text of so many bytes would be, of which nothing is known. */
  addBlank(bytes: number): void {
    this.#besides += bytes;
    for (let left = bytes; left > 0; ) {
      if (this.#fill === gatheredBytes) this.#flush();
      const end = Math.min(gatheredBytes, this.#fill + left);
      this.#gathered.fill(0, this.#fill, end);
      left -= end - this.#fill;
      this.#fill = end;
    }
  }

  /** A number of 32 bits, such as that of a token. */
  addNumber(value: number): void {
    this.#besides += 4;
    if (this.#fill + 4 > gatheredBytes) {
      for (let shift = 0; shift < 32; shift += 8) this.put((value >>> shift) & 0xff);
      return;
    }
    this.#view.setInt32(this.#fill, value, true);
    this.#fill += 4;
  }

  /** Bytes as they are, not of the text. */
  addBesides(bytes: Buffer, from: number, to: number): void {
    this.#besides += to - from;
    this.add(bytes, from, to);
  }

  add(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) {
      if (this.#fill === gatheredBytes) this.#flush();
      const end = Math.min(to, at + gatheredBytes - this.#fill);
      bytes.copy(this.#gathered, this.#fill, at, end);
      this.#fill += end - at;
      at = end;
    }
  }

  /** A JSON string whose inside begins at `from`; gives where the JSON goes on. */
  addString(json: JsonBytes, from: number): number {
    let at = from;
    while (at < json.bytes.length) {
      at = this.#addNear(json, at);
      const byte = json.bytes[at];
      if (byte === quote) return at + 1;
      if (byte === backslash) {
        at = writeEscape(json, at, this);
        continue;
      }
      const end = this.#plainUntil(json, at);
      this.add(json.bytes, at, end);
      at = end;
    }
    return at;
  }

  /** A string that is not of the text. */
  addBesidesString(json: JsonBytes, from: number): void {
    const { bytes } = this;
    this.addString(json, from);
    this.#besides += this.bytes - bytes;
  }

  /** Up to a quote or a long escape, or until there was neither for a while. */
  #addNear({ bytes, words }: JsonBytes, from: number): number {
    if (this.#fill === gatheredBytes) this.#flush();
    const gathered = this.#gathered;
    const gatheredWords = this.#view;
    let fill = this.#fill;
    const end = Math.min(from + gatheredBytes - fill, bytes.length);
    let near = Math.min(from + nearBytes, end);
    let at = from;
    while (at < near) {
      for (; at + 4 <= near; at += 4) {
        const word = words.getInt32(at, true);
        if (hasMeaning(word)) break;
        gatheredWords.setInt32(fill, word, true);
        fill += 4;
      }
      let byte = 0;
      for (; at < near; at++) {
        byte = bytes[at]!;
        if (byte === quote || byte === backslash) break;
        gathered[fill] = byte;
        fill += 1;
      }
      if (at + 1 >= near || byte === quote || bytes[at + 1] === longEscape) break;
      gathered[fill] = shortEscapes[bytes[at + 1]!]!;
      fill += 1;
      at += 2;
      near = Math.min(at + nearBytes, end);
    }
    this.#fill = fill;
    return at;
  }

  #plainUntil(json: JsonBytes, at: number): number {
    if (this.#quoteAt < at) this.#quoteAt = next(json, quote, at);
    if (this.#backslashAt < at) this.#backslashAt = next(json, backslash, at);
    return Math.min(this.#quoteAt, this.#backslashAt);
  }

  /** All that was gathered is whole words, but for the last time. */
  #flush(): void {
    if (this.#isHashed) {
      this.#hasher!.add(this.#words, this.#fill >>> 2);
      this.#isHashed = !this.#hasher!.isFull;
    }
    this.#flushed += this.#fill;
    this.#fill = 0;
  }
}

const noHashes = new Float64Array(0);

function next(json: JsonBytes, byte: number, at: number): number {
  const found = json.bytes.indexOf(byte, at);
  return found < 0 ? json.bytes.length : found;
}
