import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RunClock } from '../pacing/run-clock.ts';
import { AnswerParser, type AnswerReader } from './answer-parser.ts';
import type { Target } from './target.ts';

/**
 * What any connection brings is read into here and looked at before the next read: a buffer for
 * each read costs more than all that is done with what it brings.
 */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);
/** A slow reader takes a few tokens at once, or a pause would be as long as an answer. */
const slowReadBuffer = Buffer.allocUnsafeSlow(2 * 1024);

/** Longer than any handshake takes that will come to something. */
const connectTimeoutMs = 10_000;

/** What a connection tells the request it carries. */
export interface Passenger extends AnswerReader {
  /** It could not be made, or was lost; `wasOpen` tells which. */
  onLost(message: string, wasOpen: boolean, nowUs: number): void;
}

export interface ConnectionOptions {
  readonly target: Target;
  readonly clock: RunClock;
  readonly onClosed: (connection: Connection) => void;
  /** It will be paused, and reads little at once. */
  readonly isSlow: boolean;
}

/** One socket, which carries one request after the other. */
export class Connection {
  /** Whether it has carried a request before. */
  isUsed = false;
  restsSinceUs = 0;
  readonly #socket: Socket;
  readonly #clock: RunClock;
  readonly #parser: AnswerParser;
  readonly #onClosed: (connection: Connection) => void;
  #passenger: Passenger | undefined = undefined;
  #isOpen = false;
  #connecting: NodeJS.Timeout | undefined;

  constructor({ clock, isSlow, onClosed, target }: ConnectionOptions) {
    this.#clock = clock;
    this.#onClosed = onClosed;
    this.#parser = new AnswerParser({
      onHead: (head, nowUs) => this.#passenger?.onHead(head, nowUs),
      onBytes: (bytes, from, to, nowUs) => this.#passenger?.onBytes(bytes, from, to, nowUs),
      onEnd: (staysOpen, nowUs) => this.#passenger?.onEnd(staysOpen, nowUs),
      onBroken: (message, nowUs) => this.#passenger?.onBroken(message, nowUs),
    });
    this.#socket = this.#connect(target, isSlow ? slowReadBuffer : readBuffer);
    this.#socket.on('end', () => this.#ended());
    // Where a name has several addresses, the message is empty.
    this.#socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      this.#lost(message || (code ?? 'it could not be reached')),
    );
    this.#socket.on('close', () => this.#lost('it closed the connection'));
    this.#connecting = setTimeout(
      () => this.#socket.destroy(new Error(`no connection within ${connectTimeoutMs / 1_000} s`)),
      connectTimeoutMs,
    );
  }

  /** Whether nothing of the awaited answer has come. */
  get isSilent(): boolean {
    return this.#parser.isSilent;
  }

  carry(passenger: Passenger, bytes: Buffer): void {
    this.#passenger = passenger;
    this.#parser.expect();
    this.#socket.write(bytes);
  }

  /** What comes stays with the kernel, and with the server when that has no more room. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  rest(): void {
    this.#passenger = undefined;
    this.isUsed = true;
    this.restsSinceUs = this.#clock.nowUs();
  }

  destroy(): void {
    this.#passenger = undefined;
    this.#parser.abandon();
    clearTimeout(this.#connecting);
    this.#socket.destroy();
  }

  #connect({ host, isTls, port }: Target, buffer: Buffer): Socket {
    const onOpen = () => {
      this.#isOpen = true;
      clearTimeout(this.#connecting);
    };
    const options = { host, port, noDelay: true, keepAlive: true };
    if (isTls) {
      // An address is no name, and must not be sent as one (RFC 6066, 3).
      const servername = isIP(host) === 0 ? host : '';
      const socket = connectTls({ ...options, servername, ALPNProtocols: ['http/1.1'] });
      return socket.on('secureConnect', onOpen).on('data', (bytes) => this.#take(bytes));
    }
    const callback = (length: number) => {
      this.#take(buffer.subarray(0, length));
      return true;
    };
    return connect({ ...options, onread: { buffer, callback } }).on('connect', onOpen);
  }

  #take(bytes: Buffer): void {
    if (this.#passenger === undefined) this.destroy();
    else this.#parser.take(bytes, this.#clock.nowUs());
  }

  /** A half-open connection is of no use. */
  #ended(): void {
    this.#parser.closed(this.#clock.nowUs());
    this.#lost('it closed the connection before the end of the answer');
    this.#socket.destroy();
  }

  #lost(message: string): void {
    clearTimeout(this.#connecting);
    const passenger = this.#passenger;
    this.#passenger = undefined;
    this.#onClosed(this);
    passenger?.onLost(message, this.#isOpen, this.#clock.nowUs());
  }
}
