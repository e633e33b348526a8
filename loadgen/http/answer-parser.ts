import { hexDigit } from '../../core/hex-digit.ts';
import { type AnswerHead, parseAnswerHead } from './answer-head.ts';

/** Told what a connection says in answer to one request; bytes are lent for the call. */
export interface AnswerReader {
  onHead(head: AnswerHead, nowUs: number): void;
  onBytes(bytes: Buffer, from: number, to: number, nowUs: number): void;
  /** `staysOpen` says whether the connection can take another request. */
  onEnd(staysOpen: boolean, nowUs: number): void;
  onBroken(message: string, nowUs: number): void;
}

const mostHeadBytes = 64 * 1024;
/** Answers of 1xx before the real one. */
const mostInterim = 8;
const mostTrailerBytes = 8 * 1024;
/** Of the length of a chunk. */
const mostDigits = 8;
const headEnd = Buffer.from('\r\n\r\n');
const carriageReturn = 13;
const lineFeed = 10;

/** Where in an answer the next byte stands. */
const at = {
  /** Nothing was asked. */
  rest: 0,
  head: 1,
  length: 2,
  untilClose: 3,
  chunkSize: 4,
  chunkSizeEnd: 5,
  chunk: 6,
  chunkReturn: 7,
  chunkFeed: 8,
  trailer: 9,
} as const;
type State = (typeof at)[keyof typeof at];

const bodyState = {
  length: at.length,
  chunked: at.chunkSize,
  'until-close': at.untilClose,
} as const;
const nothing = Buffer.alloc(0);

/**
 * Reads one answer of HTTP/1.1 after the other off a connection, in place: no byte of a body is
 * copied here. It is strict, because a server that breaks must be told from one that is slow.
 */
export class AnswerParser {
  readonly #reader: AnswerReader;
  #state: State = at.rest;
  #early: Buffer | undefined = undefined;
  #interim = 0;
  #left = 0;
  #digits = 0;
  #trailerBytes = 0;
  #trailerLine = 0;
  #staysOpen = true;

  constructor(reader: AnswerReader) {
    this.#reader = reader;
  }

  /** Whether nothing of the awaited answer has come. */
  get isSilent(): boolean {
    return this.#state === at.head && this.#early === undefined && this.#interim === 0;
  }

  get #isAtRest(): boolean {
    return this.#state === at.rest;
  }

  /** A request was written, and its answer is next. */
  expect(): void {
    this.#state = at.head;
    this.#interim = 0;
  }

  /** Nobody wants the rest of this answer. */
  abandon(): void {
    this.#state = at.rest;
  }

  /** The server sends no more, which is how some answers end. */
  closed(nowUs: number): void {
    if (this.#state === at.untilClose) this.#end(nothing, 0, nowUs);
  }

  take(bytes: Buffer, nowUs: number): void {
    let from = 0;
    while (from < bytes.length) {
      const next = this.#step(bytes, from, nowUs);
      if (next < 0) return;
      from = next;
    }
  }

  /** Behind what was understood; -1 when it makes no sense to go on. */
  #step(bytes: Buffer, from: number, nowUs: number): number {
    switch (this.#state) {
      case at.head:
        return this.#takeHead(bytes, from, nowUs);
      case at.length:
      case at.chunk:
        return this.#takeBody(bytes, from, nowUs);
      case at.untilClose:
        this.#reader.onBytes(bytes, from, bytes.length, nowUs);
        return bytes.length;
      case at.rest:
        return this.#break('it sent what nobody had asked for', nowUs);
      default:
        return this.#takeFrame(bytes, from, nowUs);
    }
  }

  #takeHead(piece: Buffer, from: number, nowUs: number): number {
    const early = this.#early?.length ?? 0;
    const own = piece.subarray(from);
    const bytes = this.#early === undefined ? own : Buffer.concat([this.#early, own]);
    const end = bytes.indexOf(headEnd);
    if ((end < 0 ? bytes.length : end) > mostHeadBytes) {
      return this.#break('the head of its answer does not end', nowUs);
    }
    if (end < 0) {
      // The piece is a buffer that is read into again.
      this.#early = Buffer.from(bytes);
      return piece.length;
    }
    this.#early = undefined;
    const head = parseAnswerHead(bytes.toString('latin1', 0, end));
    if (typeof head === 'string') return this.#break(head, nowUs);
    const next = from + end + headEnd.length - early;
    if (head.status < 200) return this.#skipInterim(head.status, next, nowUs);
    return this.#begin(head, piece, next, nowUs);
  }

  #skipInterim(status: number, next: number, nowUs: number): number {
    this.#interim += 1;
    if (status !== 101 && this.#interim <= mostInterim) return next;
    return this.#break('it never came to an answer', nowUs);
  }

  #begin(head: AnswerHead, bytes: Buffer, next: number, nowUs: number): number {
    const { framing } = head;
    this.#staysOpen = head.staysOpen;
    this.#left = framing.kind === 'length' ? framing.bytes : 0;
    this.#digits = 0;
    this.#trailerBytes = 0;
    this.#trailerLine = 0;
    this.#state = bodyState[framing.kind];
    this.#reader.onHead(head, nowUs);
    if (this.#isAtRest) return -1;
    if (framing.kind === 'length' && framing.bytes === 0) return this.#end(bytes, next, nowUs);
    return next;
  }

  #takeBody(bytes: Buffer, from: number, nowUs: number): number {
    const to = Math.min(bytes.length, from + this.#left);
    this.#left -= to - from;
    const state = this.#state;
    this.#reader.onBytes(bytes, from, to, nowUs);
    // Whoever reads may have called it off.
    if (this.#isAtRest) return -1;
    if (this.#left > 0) return to;
    if (state === at.chunk) this.#state = at.chunkReturn;
    else return this.#end(bytes, to, nowUs);
    return to;
  }

  /** One byte of what stands around the chunks. */
  #takeFrame(bytes: Buffer, from: number, nowUs: number): number {
    const byte = bytes[from]!;
    switch (this.#state) {
      case at.chunkSize:
        return this.#takeSize(byte, from, nowUs);
      case at.chunkSizeEnd:
        if (byte !== lineFeed) break;
        this.#state = this.#left === 0 ? at.trailer : at.chunk;
        return from + 1;
      case at.chunkReturn:
        if (byte !== carriageReturn) break;
        this.#state = at.chunkFeed;
        return from + 1;
      case at.chunkFeed:
        if (byte !== lineFeed) break;
        this.#state = at.chunkSize;
        this.#digits = 0;
        return from + 1;
      case at.trailer:
        return this.#takeTrailer(byte, bytes, from, nowUs);
    }
    return this.#break('its chunks are no chunked coding', nowUs);
  }

  #takeSize(byte: number, from: number, nowUs: number): number {
    const digit = hexDigit(byte);
    if (digit >= 0 && this.#digits < mostDigits) {
      this.#left = 16 * this.#left + digit;
      this.#digits += 1;
    } else if (byte === carriageReturn && this.#digits > 0) this.#state = at.chunkSizeEnd;
    else return this.#break('its chunks are no chunked coding', nowUs);
    return from + 1;
  }

  /** Nothing in trailers is looked at; the answer ends with an empty line. */
  #takeTrailer(byte: number, bytes: Buffer, from: number, nowUs: number): number {
    this.#trailerBytes += 1;
    if (this.#trailerBytes > mostTrailerBytes) return this.#break('its trailers do not end', nowUs);
    if (byte === lineFeed && this.#trailerLine === 0) return this.#end(bytes, from + 1, nowUs);
    if (byte === lineFeed) this.#trailerLine = 0;
    else if (byte !== carriageReturn) this.#trailerLine += 1;
    return from + 1;
  }

  /** What follows an answer was not asked for; nothing on this connection can be believed. */
  #end(bytes: Buffer, to: number, nowUs: number): number {
    this.#state = at.rest;
    this.#reader.onEnd(this.#staysOpen && to === bytes.length, nowUs);
    return -1;
  }

  #break(message: string, nowUs: number): -1 {
    this.#state = at.rest;
    this.#early = undefined;
    this.#reader.onBroken(message, nowUs);
    return -1;
  }
}
