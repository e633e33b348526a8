import { assert } from '../../core/assert.ts';
import { hexDigit } from '../../core/hex-digit.ts';

const carriageReturn = 13;
const lineFeed = 10;
/** Of the length of a chunk: they are 4 GB. */
const mostDigits = 8;
/** A chunk up to this length is passed on when all of it is here. */
const mostHeldBytes = 16 * 1024;
const mostTrailerBytes = 8 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Follows the frames of chunked coding (RFC 9112, 7.1) through the pieces in which they arrive, as
 * strictly as anybody who will read them: whatever passes here is passed on byte by byte. Chunk
 * extensions are refused, trailers are dropped. An event of a stream is a chunk, and none is passed
 * on before it is whole: if it never is, an error can still take its place.
 */
export class ChunkFrames {
  /** False for what is in the chunks, without their frames. */
  readonly #keepsFrames: boolean;
  isOver = false;
  /** Where the piece goes on after the end of the body, when that is over. */
  rest = 0;
  /** The beginning of a frame. */
  #held: Buffer | undefined = undefined;
  /** Of a chunk that is too long to be held: what is to come, with the end of line after it. */
  #left = 0;
  #isTrailer = false;
  #trailerBytes = 0;
  /** What was in the chunks of a piece. */
  #contents: Buffer[] = [];

  constructor(keepsFrames: boolean) {
    this.#keepsFrames = keepsFrames;
  }

  /** Whether a chunk was passed on that has not ended. */
  get isInsideChunk(): boolean {
    return this.#keepsFrames && this.#left > 0;
  }

  /** What may be passed on; undefined for what is no chunked coding. */
  take(piece: Buffer): Buffer | undefined {
    const bytes = this.#held === undefined ? piece : Buffer.concat([this.#held, piece]);
    this.#held = undefined;
    let end = 0;
    for (let at = 0; at < bytes.length && !this.isOver; ) {
      const next = this.#isTrailer ? this.#skipTrailer(bytes, at) : this.#pass(bytes, at);
      if (next < 0) return undefined;
      if (next === at) {
        this.#held = bytes.subarray(at);
        break;
      }
      at = next;
      if (this.#isTrailer) this.rest = at - (bytes.length - piece.length);
      else end = at;
    }
    if (!this.#keepsFrames) return Buffer.concat(this.#contents.splice(0));
    if (end === bytes.length) return bytes;
    return end === 0 ? nothing : bytes.subarray(0, end);
  }

  /** Behind a frame; where it was when that is not whole, and -1 when it is none. */
  #pass(bytes: Buffer, at: number): number {
    if (this.#left > 0) return this.#passRest(bytes, at);
    let length = 0;
    let data = at;
    for (let digit = hexDigit(bytes[data]); digit >= 0; digit = hexDigit(bytes[data])) {
      length = 16 * length + digit;
      data += 1;
    }
    if (data === at && data < bytes.length) return -1;
    if (data - at > mostDigits) return -1;
    if (data < bytes.length && bytes[data] !== carriageReturn) return -1;
    if (data + 1 < bytes.length && bytes[data + 1] !== lineFeed) return -1;
    data += 2;
    if (data > bytes.length) return at;
    if (length === 0) {
      this.#isTrailer = true;
      return data;
    }
    const end = data + length + 2;
    if (end <= bytes.length) {
      if (!this.#keepsFrames) this.#contents.push(bytes.subarray(data, end - 2));
      return isLineEnd(bytes, end - 2) ? end : -1;
    }
    if (length <= mostHeldBytes) return at;
    this.#left = length + 2;
    // Nothing of it may be here yet.
    return data === bytes.length ? data : this.#passRest(bytes, data);
  }

  /** On through a long chunk and the end of line behind it. */
  #passRest(bytes: Buffer, from: number): number {
    const data = Math.max(0, Math.min(this.#left - 2, bytes.length - from));
    this.#left -= data;
    let at = from + data;
    if (!this.#keepsFrames) this.#contents.push(bytes.subarray(from, at));
    for (; this.#left > 0 && this.#left <= 2 && at < bytes.length; at++, this.#left--) {
      if (bytes[at] !== (this.#left === 2 ? carriageReturn : lineFeed)) return -1;
    }
    return at;
  }

  #skipTrailer(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(lineFeed, at);
    const next = feed < 0 ? bytes.length : feed + 1;
    if (this.#trailerBytes + next - at > mostTrailerBytes) return -1;
    if (feed < 0) return at;
    this.#trailerBytes += next - at;
    if (feed === at || bytes[feed - 1] !== carriageReturn) return -1;
    this.isOver = feed === at + 1;
    return feed + 1;
  }
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === carriageReturn && bytes[at + 1] === lineFeed;
}

/** What is in chunks that are all there and were checked before. */
export function contentsOf(chunks: Buffer): Buffer {
  const contents = new ChunkFrames(false).take(chunks);
  assert(contents !== undefined, 'chunks are checked when they come');
  return contents;
}

/** What is in chunks that may begin in the middle of one; nothing, where that cannot be told. */
export function knownContentsOf(chunks: Buffer): Buffer {
  return new ChunkFrames(false).take(chunks) ?? nothing;
}
