import type { RunClock } from '../pacing/run-clock.ts';
import type { AnswerHead } from './answer-head.ts';
import { Connection, type Passenger } from './connection.ts';
import type { Target } from './target.ts';

/** uvicorn closes idle connections after 5 s, and we before it. */
const keepAliveUs = 4_000_000;

/** What a request is told of its answer; nothing more after an end or a failure. */
export interface AnswerSink {
  onHead(head: AnswerHead): void;
  onBytes(bytes: Buffer, from: number, to: number, nowUs: number): void;
  onEnd(nowUs: number): void;
  onFailure(kind: 'connect' | 'closed' | 'protocol', message: string, nowUs: number): void;
}

/** A request that was sent. */
export interface HttpCall {
  /** Nothing more is told of it, and the server sees its connection close. */
  abort(): void;
  /** Nothing is read until it is resumed. */
  pause(): void;
  resume(): void;
}

/** HTTP/1.1 over as many connections as there are requests at once; the last used comes first. */
export class HttpClient {
  readonly target: Target;
  readonly clock: RunClock;
  readonly #free: Connection[] = [];
  readonly #all = new Set<Connection>();

  constructor(target: Target, clock: RunClock) {
    this.target = target;
    this.clock = clock;
  }

  /** `request` is head and body in one piece, which one call of the system can write. */
  send(request: Buffer, sink: AnswerSink): HttpCall {
    const call = new Call(this, request, sink);
    call.sendOver(this.#rested() ?? this.connect());
    return call;
  }

  /** Over a connection of its own. */
  sendSlow(request: Buffer, sink: AnswerSink): HttpCall {
    const call = new Call(this, request, sink, true);
    call.sendOver(this.connect(true));
    return call;
  }

  connect(isSlow = false): Connection {
    const { clock, target } = this;
    const onClosed = (one: Connection) => this.#forget(one);
    const connection = new Connection({ target, clock, isSlow, onClosed });
    this.#all.add(connection);
    return connection;
  }

  release(connection: Connection, staysOpen: boolean): void {
    if (!staysOpen) {
      this.#drop(connection);
      return;
    }
    connection.rest();
    this.#free.push(connection);
  }

  close(): void {
    for (const connection of [...this.#all]) this.#drop(connection);
  }

  /** One that the server has hardly closed by now; the others are closed in passing. */
  #rested(): Connection | undefined {
    const staleUs = this.clock.nowUs() - keepAliveUs;
    while (this.#free.length > 0 && this.#free[0]!.restsSinceUs < staleUs) {
      this.#drop(this.#free[0]!);
    }
    return this.#free.pop();
  }

  #drop(connection: Connection): void {
    this.#forget(connection);
    connection.destroy();
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
  }
}

class Call implements HttpCall, Passenger {
  readonly #client: HttpClient;
  readonly #request: Buffer;
  readonly #sink: AnswerSink;
  readonly #isSlow: boolean;
  #connection: Connection | undefined = undefined;

  constructor(client: HttpClient, request: Buffer, sink: AnswerSink, isSlow = false) {
    this.#client = client;
    this.#request = request;
    this.#sink = sink;
    this.#isSlow = isSlow;
  }

  sendOver(connection: Connection): void {
    this.#connection = connection;
    connection.carry(this, this.#request);
  }

  abort(): void {
    this.#leave(false);
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  onHead(head: AnswerHead): void {
    this.#sink.onHead(head);
  }

  onBytes(bytes: Buffer, from: number, to: number, nowUs: number): void {
    this.#sink.onBytes(bytes, from, to, nowUs);
  }

  onEnd(staysOpen: boolean, nowUs: number): void {
    this.#leave(staysOpen && !this.#isSlow);
    this.#sink.onEnd(nowUs);
  }

  onBroken(message: string, nowUs: number): void {
    this.#leave(false);
    this.#sink.onFailure('protocol', message, nowUs);
  }

  /** A server may close a resting connection at the moment in which it is used again. */
  onLost(message: string, wasOpen: boolean, nowUs: number): void {
    const connection = this.#connection!;
    if (connection.isUsed && connection.isSilent) {
      this.#client.release(connection, false);
      this.sendOver(this.#client.connect());
      return;
    }
    this.#leave(false);
    this.#sink.onFailure(wasOpen ? 'closed' : 'connect', message, nowUs);
  }

  #leave(staysOpen: boolean): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#client.release(connection, staysOpen);
  }
}
