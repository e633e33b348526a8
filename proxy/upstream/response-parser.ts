import { ChunkFrames } from './chunk-frames.ts';
import { responseHead } from './response-headers.ts';
import type { ResponseHead, UpstreamRequest } from './transport.ts';

const mostHeadBytes = 64 * 1024;
/** Interim answers (1xx) before the real one. */
const mostInterim = 8;
const headEnd = Buffer.from('\r\n\r\n');

/** Told what a connection says in answer to one request. */
export interface ResponseReader {
  onHead(head: ResponseHead): void;
  onBytes(bytes: Buffer): void;
  /** `isReusable` says that the connection can take another request. */
  onEnd(isReusable: boolean): void;
  onBroken(message: string, isInsideChunk: boolean): void;
}

type Body =
  | { readonly kind: 'head' }
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'chunks'; readonly frames: ChunkFrames }
  | { readonly kind: 'until-close' }
  | { readonly kind: 'none' };

const noHeadYet: Body = { kind: 'head' };

/**
 * Reads one answer of HTTP/1.1 after the other off a connection (RFC 9112), and takes nothing that
 * two readers could take differently: what comes out of a replica is passed on to clients.
 */
export class ResponseParser {
  readonly #reader: ResponseReader;
  #body: Body = { kind: 'none' };
  #early: Buffer | undefined = undefined;
  #interim = 0;
  #isHead = false;
  #takesFrames = false;
  #staysOpen = true;

  constructor(reader: ResponseReader) {
    this.#reader = reader;
  }

  /** Whether anything of an answer has come. */
  get isSilent(): boolean {
    return this.#body === noHeadYet && this.#early === undefined && this.#interim === 0;
  }

  get isInsideChunk(): boolean {
    return this.#body.kind === 'chunks' && this.#body.frames.isInsideChunk;
  }

  /** A request was written, and its answer is next. */
  expect({ method, takesFrames }: Pick<UpstreamRequest, 'method' | 'takesFrames'>): void {
    this.#isHead = method === 'HEAD';
    this.#takesFrames = takesFrames;
    this.#body = noHeadYet;
    this.#interim = 0;
  }

  take(piece: Buffer): void {
    const body = this.#body;
    switch (body.kind) {
      case 'head':
        this.#takeHead(this.#early === undefined ? piece : Buffer.concat([this.#early, piece]));
        return;
      case 'length':
        this.#takeLength(piece, body);
        return;
      case 'chunks':
        this.#takeChunks(piece, body.frames);
        return;
      case 'until-close':
        this.#reader.onBytes(piece);
        return;
      case 'none':
        this.#break('it sent something that nobody had asked for');
    }
  }

  /** The replica has closed the connection. */
  closed(): void {
    const { kind } = this.#body;
    if (kind === 'until-close') this.#end();
    else if (kind !== 'none') this.#break('it closed the connection before the end of its answer');
  }

  #takeHead(bytes: Buffer): void {
    const end = bytes.indexOf(headEnd);
    if (end < 0) {
      this.#early = bytes;
      if (bytes.length > mostHeadBytes) this.#break('the head of its answer does not end');
      return;
    }
    this.#early = undefined;
    const head = end > mostHeadBytes ? undefined : parseHead(bytes.toString('latin1', 0, end));
    const rest = bytes.subarray(end + headEnd.length);
    if (head === undefined) this.#break('the head of its answer is not HTTP');
    else if (head.status < 200) this.#takeInterim(head.status, rest);
    else this.#begin(head, rest);
  }

  #takeInterim(status: number, rest: Buffer): void {
    this.#interim += 1;
    if (status === 101 || this.#interim > mostInterim) this.#break('it never came to an answer');
    else if (rest.length > 0) this.#takeHead(rest);
  }

  #begin(head: ParsedHead, rest: Buffer): void {
    const framing = framingOf(head, this.#isHead, this.#takesFrames);
    if (framing === undefined) {
      this.#break('the length of its answer is ambiguous');
      return;
    }
    this.#body = framing;
    this.#staysOpen = head.staysOpen && framing.kind !== 'until-close';
    const { headers, status } = head;
    this.#reader.onHead(
      responseHead(status, headers, this.#takesFrames && framing.kind === 'chunks'),
    );
    const isEmpty = framing.kind === 'none' || (framing.kind === 'length' && framing.left === 0);
    if (isEmpty) this.#finish(rest);
    else if (rest.length > 0 && this.#body === framing) this.take(rest);
  }

  #takeLength(piece: Buffer, body: { left: number }): void {
    const isLast = piece.length >= body.left;
    const own = piece.length > body.left ? piece.subarray(0, body.left) : piece;
    body.left -= own.length;
    this.#reader.onBytes(own);
    if (isLast) this.#finish(piece.subarray(own.length));
  }

  #takeChunks(piece: Buffer, frames: ChunkFrames): void {
    const own = frames.take(piece);
    if (own === undefined) {
      this.#break('its chunks are not chunked coding');
      return;
    }
    if (own.length > 0) this.#reader.onBytes(own);
    if (frames.isOver) this.#finish(piece.subarray(frames.rest));
  }

  /** What follows an answer was not asked for; nothing on this connection can be believed. */
  #finish(rest: Buffer): void {
    if (rest.length > 0) this.#staysOpen = false;
    this.#end();
  }

  #end(): void {
    this.#body = { kind: 'none' };
    this.#reader.onEnd(this.#staysOpen);
  }

  #break(message: string): void {
    const { isInsideChunk } = this;
    this.#body = { kind: 'none' };
    this.#early = undefined;
    this.#reader.onBroken(message, isInsideChunk);
  }
}

interface ParsedHead {
  readonly status: number;
  readonly headers: readonly string[];
  readonly staysOpen: boolean;
  readonly lengths: readonly string[];
  readonly codings: readonly string[];
}

/** Neither in names nor in values; a line feed or carriage return alone among them. */
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;
const token = /^[!#$%&'*+.^_`|~\w-]+$/;
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
const outerSpace = /^[\t ]+|[\t ]+$/g;

/** A name in lower case, and its value. */
type Field = readonly [string, string];
/** Lines that were right before: servers say the same again and again. */
const knownLines = new Map<string, Field>();
const mostKnownLines = 1_000;
const longestKnownLine = 128;

function parseHead(text: string): ParsedHead | undefined {
  const lines = text.split('\r\n');
  const status = statusLine.exec(lines[0]!);
  if (status === null || forbidden.test(lines[0]!)) return undefined;
  const headers: string[] = [];
  const lengths: string[] = [];
  const codings: string[] = [];
  let staysOpen = status[1] === '1';
  for (let i = 1; i < lines.length; i++) {
    const field = fieldOf(lines[i]!);
    if (field === undefined) return undefined;
    const [name, value] = field;
    headers.push(name, value);
    if (name === 'content-length') lengths.push(value);
    else if (name === 'transfer-encoding') codings.push(value.toLowerCase());
    else if (name === 'connection' && /\bclose\b/i.test(value)) staysOpen = false;
  }
  return { status: Number(status[2]), headers, staysOpen, lengths, codings };
}

function fieldOf(line: string): Field | undefined {
  const known = knownLines.get(line);
  if (known !== undefined) return known;
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  if (colon < 1 || forbidden.test(line) || !token.test(name)) return undefined;
  const field: Field = [name.toLowerCase(), line.slice(colon + 1).replace(outerSpace, '')];
  if (line.length > longestKnownLine) return field;
  if (knownLines.size === mostKnownLines) knownLines.clear();
  knownLines.set(line, field);
  return field;
}

/** RFC 9112, 6.3; undefined where two readers could disagree. */
function framingOf(
  { codings, lengths, status }: ParsedHead,
  isHead: boolean,
  takesFrames: boolean,
): Body | undefined {
  if (codings.length > 0 && (lengths.length > 0 || codings.join() !== 'chunked')) return undefined;
  // The same length twice may be taken for one, and is not: clients need not do so either.
  if (lengths.length > 1 || (lengths.length > 0 && !/^\d{1,15}$/.test(lengths[0]!))) {
    return undefined;
  }
  if (isHead || status === 204 || status === 304) return { kind: 'none' };
  if (codings.length > 0) return { kind: 'chunks', frames: new ChunkFrames(takesFrames) };
  if (lengths.length > 0) return { kind: 'length', left: Number(lengths[0]) };
  return { kind: 'until-close' };
}
