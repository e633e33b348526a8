import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { knownContentsOf } from '../upstream/chunk-frames.ts';
import type { ResponseHead } from '../upstream/transport.ts';
import { endOfBrokenStream } from './broken-stream.ts';
import { chunkOf } from './chunk-of.ts';
import type { ProxyError } from './error-body.ts';

/** An answer of which the rest will not come. */
export interface Broken {
  /** The client has a part of a chunk. */
  readonly isCut: boolean;
  /** What it got last. */
  readonly lastBytes: Buffer;
}

/** Up to here a copy is cheaper than another piece in a call of the system. */
const mostCopiedBytes = 8 * 1024;

/** How long a client may go on sending what nobody wants, so that it reads why (RFC 9112, 9.6). */
export const lingerMs = 2_000;

/**
 * The answer to one client. Chunks, as the replica has sent them or made here, are written to the
 * socket beside the response, which has sent its head and will send the end.
 */
export class ClientAnswer {
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #stalledMs: number;
  #stall: NodeJS.Timeout | undefined = undefined;
  /** Who puts a frame around each chunk; Node, if there are any, for `none`. */
  #framing: 'replica' | 'own' | 'none' = 'none';
  #hasLength = false;
  /** Whether anything of a body may have reached the client. */
  hasBegun = false;
  isOver = false;
  isEventStream = false;
  status = 0;
  bytes = 0;

  /** `stalledMs`: how long an answer may wait for its reader. */
  constructor(response: ServerResponse, stalledMs: number) {
    this.#response = response;
    this.#stalledMs = stalledMs;
    this.#socket = response.socket!;
  }

  /** With the first bytes, so that both go out at once. */
  begin(
    { contentLength, headers, isEventStream, isFramed, status }: ResponseHead,
    own: readonly string[],
    first: Buffer,
  ): boolean {
    this.isEventStream = isEventStream;
    this.#hasLength = !Number.isNaN(contentLength);
    this.#startHead(status, headers, own);
    this.#socket.cork();
    this.#response.flushHeaders();
    if (isFramed) this.#framing = 'replica';
    else if (this.#response.chunkedEncoding) this.#framing = 'own';
    const isReady = this.write(first);
    this.#socket.uncork();
    return isReady;
  }

  /** False when the client has to read first. */
  write(bytes: Buffer): boolean {
    this.bytes += bytes.length;
    if (this.#framing === 'replica') return this.#socket.write(bytes);
    // Node would write a chunk as three pieces, which costs more than to copy it.
    if (this.#framing === 'own' && bytes.length <= mostCopiedBytes) {
      return bytes.length === 0 || this.#socket.write(chunkOf(bytes));
    }
    return this.#response.write(bytes);
  }

  /** For a while it is a client's own affair that it does not read. */
  onceReady(resume: () => void): void {
    this.#abandonLater();
    const onDrain = () => {
      clearTimeout(this.#stall);
      resume();
    };
    this.#socket.once('drain', onDrain);
  }

  end(): void {
    this.isOver = true;
    this.#response.end();
    this.#waitForReader();
  }

  /** All at once. */
  reply(status: number, headers: readonly string[], own: readonly string[], body: Buffer): void {
    this.#startHead(status, headers, own);
    this.isOver = true;
    this.bytes = body.length;
    if (body.length <= mostCopiedBytes) {
      // As one text with the head, in one piece; latin1 keeps every byte. Node would hold it back
      // until the end of this turn, and then send it as the first of two pieces.
      this.#response.write(body.toString('latin1'), 'latin1');
      this.#socket.uncork();
      this.#response.end();
    } else this.#response.end(body);
    this.#waitForReader();
  }

  /**
   * The rest will not come. A stream says why, where something can still be said; anything else is
   * visibly cut off.
   */
  breakOff(error: ProxyError, { isCut, lastBytes }: Broken): void {
    this.isOver = true;
    if (!this.isEventStream || isCut || this.#hasLength) {
      this.#response.destroy();
      return;
    }
    const contents = this.#framing === 'replica' ? knownContentsOf(lastBytes) : lastBytes;
    this.#response.end(endOfBrokenStream(contents.toString('utf8'), error));
    this.#waitForReader();
  }

  /** All at once; what is still to come of the request is not wanted, nor anything after it. */
  refuse(status: number, headers: readonly string[], own: readonly string[], body: Buffer): void {
    const response = this.#response;
    if (response.req.complete) {
      this.reply(status, headers, own, body);
      return;
    }
    response.shouldKeepAlive = false;
    this.#startHead(status, headers, own);
    this.isOver = true;
    this.bytes = body.length;
    response.flushHeaders();
    response.write(body);
    const timer = setTimeout(() => response.end(), lingerMs);
    response.on('close', () => clearTimeout(timer));
    response.req.on('end', () => response.end()).resume();
  }

  /** Everybody else has done with it; it must not keep its connection for ever. */
  #waitForReader(): void {
    if (this.#socket.writableLength === 0) return;
    this.#abandonLater();
  }

  #abandonLater(): void {
    // An answer may stall often, and is closed once.
    if (this.#stall === undefined) this.#response.once('close', () => clearTimeout(this.#stall));
    clearTimeout(this.#stall);
    this.#stall = setTimeout(() => this.#response.destroy(), this.#stalledMs);
  }

  #startHead(status: number, headers: readonly string[], own: readonly string[]): void {
    this.hasBegun = true;
    this.status = status;
    this.#response.writeHead(
      status,
      own.length === 0 ? (headers as string[]) : [...headers, ...own],
    );
  }
}
