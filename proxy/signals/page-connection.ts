import { connect, type Socket } from 'node:net';
import { ResponseParser, type ResponseReader } from '../upstream/response-parser.ts';
import type { ResponseHead } from '../upstream/transport.ts';

/** Told once what came of each `ask`, and never before that returns. */
export interface PageReader {
  /** `body` is only lent for the call. */
  onPage(status: number, body: Buffer): void;
  onNoPage(kind: 'refused' | 'broken', message: string): void;
}

export interface PageAddress {
  readonly url: URL;
  readonly path: string;
  /** All of the header `authorization`; undefined for none. */
  readonly authorization: string | undefined;
}

/** uvicorn closes idle connections after 5 s, and we before it. */
const mostIdleUs = 4_000_000;
const mostPageBytes = 8 * 1024 * 1024;

const leastRoomBytes = 64 * 1024;

/** All connections read into the same bytes, and copy what they have read before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * One connection over which one page is asked for again and again, one at a time. Unlike a
 * transport it reads into memory that is there already: to make a buffer of 64 KB for each read,
 * and to collect them all, takes a third of what a scrape takes.
 */
export class PageConnection implements ResponseReader {
  readonly #options: { readonly host: string; readonly port: number };
  readonly #request: Buffer;
  readonly #reader: PageReader;
  readonly #nowUs: () => number;
  #wire: Wire | undefined = undefined;
  #isAsking = false;
  /** Whether the connection had answered before it was asked what it is asked now. */
  #isReused = false;
  #idleSinceUs = 0;
  #status = 0;
  /** Of the body, as views of the room. */
  #pieces: Buffer[] = [];
  /** Where an answer is kept until the next question, and how much of it is taken. */
  #room = Buffer.alloc(0);
  #usedBytes = 0;
  #answerBytes = 0;

  constructor(address: PageAddress, reader: PageReader, nowUs: () => number) {
    const { host, hostname, port } = address.url;
    const bare = hostname.replace(/^\[|\]$/g, '');
    this.#options = { host: bare, port: Number(port === '' ? 80 : port) };
    this.#request = requestOf(address, host);
    this.#reader = reader;
    this.#nowUs = nowUs;
  }

  ask(): void {
    if (this.#wire !== undefined && this.#nowUs() - this.#idleSinceUs > mostIdleUs) this.abort();
    this.#isReused = this.#wire !== undefined;
    this.#send();
  }

  /** There will be no answer to what was asked last. */
  abort(): void {
    this.#isAsking = false;
    this.#wire?.socket.destroy();
    this.#wire = undefined;
  }

  onHead({ status }: ResponseHead): void {
    this.#status = status;
  }

  onBytes(bytes: Buffer): void {
    this.#pieces.push(bytes);
  }

  onEnd(isReusable: boolean): void {
    if (!this.#isAsking) return;
    const pieces = this.#pieces;
    const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    if (!isReusable) this.abort();
    this.#isAsking = false;
    this.#idleSinceUs = this.#nowUs();
    this.#reader.onPage(this.#status, body);
  }

  onBroken(message: string): void {
    this.#fail('broken', message);
  }

  #send(): void {
    this.#isAsking = true;
    this.#pieces = [];
    this.#usedBytes = 0;
    this.#answerBytes = 0;
    this.#wire ??= new Wire(this.#options, this);
    this.#wire.parser.expect({ method: 'GET', takesFrames: false });
    this.#wire.socket.write(this.#request);
  }

  onRead(wire: Wire, bytes: Buffer): void {
    if (wire !== this.#wire) return;
    wire.parser.take(this.#keep(bytes));
    if (this.#answerBytes > mostPageBytes) {
      this.#fail('broken', `its page is longer than ${mostPageBytes} bytes`);
    }
  }

  /** It will send no more. */
  onHalfClosed(wire: Wire): void {
    if (wire === this.#wire && this.#isAsking && !wire.parser.isSilent) wire.parser.closed();
  }

  /** A replica may close an idle connection at the moment in which it is used again. */
  onClosed(wire: Wire, message: string): void {
    if (wire !== this.#wire) return;
    const wasIdle = this.#isReused && wire.parser.isSilent;
    if (!this.#isAsking || wasIdle) this.#wire = undefined;
    if (!this.#isAsking) return;
    this.#isReused = false;
    if (wasIdle) this.#send();
    else this.#fail(wire.isConnected ? 'broken' : 'refused', message);
  }

  #fail(kind: 'refused' | 'broken', message: string): void {
    const wasAsking = this.#isAsking;
    this.abort();
    if (wasAsking) this.#reader.onNoPage(kind, message);
  }

  /** The parser may hold on to what it gets, and the next read will overwrite it. */
  #keep(bytes: Buffer): Buffer {
    if (this.#usedBytes + bytes.length > this.#room.length) {
      this.#room = Buffer.allocUnsafeSlow(Math.max(leastRoomBytes, 2 * this.#room.length));
      this.#usedBytes = 0;
    }
    const from = this.#usedBytes;
    this.#usedBytes += bytes.copy(this.#room, from);
    this.#answerBytes += bytes.length;
    return this.#room.subarray(from, this.#usedBytes);
  }
}

/** A socket and what is read off it, as long as it lasts. */
class Wire {
  readonly socket: Socket;
  readonly parser: ResponseParser;
  isConnected = false;

  constructor(options: { readonly host: string; readonly port: number }, owner: PageConnection) {
    this.parser = new ResponseParser(owner);
    const callback = (length: number) => {
      owner.onRead(this, readBuffer.subarray(0, length));
      return true;
    };
    const onread = { buffer: readBuffer, callback };
    this.socket = connect({ ...options, noDelay: true, keepAlive: true, onread });
    let why = 'it closed the connection';
    this.socket.on('connect', () => {
      this.isConnected = true;
    });
    this.socket.on('end', () => owner.onHalfClosed(this));
    this.socket.on('error', ({ message }) => {
      why = message;
    });
    this.socket.on('close', () => owner.onClosed(this, why));
  }
}

function requestOf({ authorization, path }: PageAddress, host: string): Buffer {
  const key = authorization === undefined ? '' : `authorization: ${authorization}\r\n`;
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${key}\r\n`, 'latin1');
}
