import type { Attempt, Failure } from '../gateway/attempt.ts';
import { type Usage, unknownUsage } from '../gateway/attempts.ts';
import { AnswerTail } from './client/answer-tail.ts';
import type { Exchange } from './exchange.ts';
import { contentsOf } from './upstream/chunk-frames.ts';
import type {
  ResponseHead,
  Transport,
  UpstreamCall,
  UpstreamFailure,
  UpstreamSink,
} from './upstream/transport.ts';

/** Whom a leg tells how it goes; the gateway, in the proxy. */
export interface LegListener {
  nowUs(): number;
  /** Something of the answer is here. Another attempt can no longer take its place. */
  onBegun(attempt: Attempt<Leg>, isToken: boolean, nowUs: number): void;
  onEnd(attempt: Attempt<Leg>, usage: Usage, nowUs: number): void;
  onError(attempt: Attempt<Leg>, failure: Failure, nowUs: number): void;
}

/** Of a replica that is overloaded, or of what stands before one that is gone. */
const retried: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** More than an error body ever has. */
const mostErrorBytes = 64 * 1024;

/**
 * One attempt at one replica: what a request does between the gateway's `start` and the end of the
 * answer. The head of an answer is kept back until there is something of the body, because until
 * then another replica can still give the whole of it.
 */
export class Leg implements UpstreamSink {
  readonly exchange: Exchange;
  readonly #listener: LegListener;
  lastHeardUs = Number.NaN;
  /** Its reader takes its time. */
  isHeldBack = false;
  #attempt: Attempt<Leg> | undefined = undefined;
  #call: UpstreamCall | undefined = undefined;
  #head: ResponseHead | undefined = undefined;
  #tail: AnswerTail | undefined = undefined;
  /** Of an answer that may not be the last word. */
  #errorBody: Buffer[] | undefined = undefined;
  #errorBytes = 0;

  constructor(exchange: Exchange, listener: LegListener) {
    this.exchange = exchange;
    this.#listener = listener;
  }

  again(): Leg {
    return new Leg(this.exchange, this.#listener);
  }

  get isConnected(): boolean {
    return this.#call?.isConnected ?? false;
  }

  start(attempt: Attempt<Leg>, transport: Transport, nowUs: number): void {
    this.#attempt = attempt;
    this.lastHeardUs = nowUs;
    this.exchange.running += 1;
    this.#call = transport.send(this.exchange.upstream!, this);
  }

  abort(): void {
    this.exchange.running -= 1;
    this.exchange.isCut = this.#call!.isInsideChunk;
    this.exchange.cutTail = this.#tail;
    this.#call!.abort();
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    if (head.status >= 500 || retried.has(head.status)) this.#errorBody = [];
  }

  onBytes(bytes: Buffer): void {
    const nowUs = this.#listener.nowUs();
    this.lastHeardUs = nowUs;
    if (this.#errorBody !== undefined) this.#keepError(bytes);
    else if (this.#tail === undefined) this.#begin(bytes, nowUs);
    else {
      this.#tail.add(bytes);
      if (!this.exchange.answer.write(bytes)) this.#holdBack();
    }
  }

  onEnd(): void {
    const { exchange } = this;
    const nowUs = this.#listener.nowUs();
    const head = this.#head!;
    const attempt = this.#attempt!;
    exchange.running -= 1;
    if (this.#errorBody !== undefined) {
      if (this.#errorBytes <= mostErrorBytes) {
        const body = Buffer.concat(this.#errorBody);
        exchange.lastError = { head, body: head.isFramed ? contentsOf(body) : body };
      }
      this.#listener.onError(attempt, retried.has(head.status) ? 'failed' : 'faulty', nowUs);
      return;
    }
    if (this.#tail === undefined) {
      this.#listener.onBegun(attempt, false, nowUs);
      exchange.answer.reply(head.status, head.headers, exchange.ownHeaders(), noBytes);
    } else if (!exchange.answer.isOver) {
      exchange.answer.end();
    }
    exchange.tail = this.#tail;
    if (head.status >= 400) this.#listener.onError(attempt, 'refused', nowUs);
    else this.#listener.onEnd(attempt, this.#tail?.facts ?? unknownUsage, nowUs);
  }

  onFailure(failure: UpstreamFailure): void {
    this.exchange.running -= 1;
    this.exchange.lastFailure = failure;
    this.exchange.isCut = failure.isInsideChunk;
    this.exchange.cutTail = this.#tail;
    this.#listener.onError(this.#attempt!, 'failed', this.#listener.nowUs());
  }

  #begin(bytes: Buffer, nowUs: number): void {
    const { exchange } = this;
    const head = this.#head!;
    this.#tail = new AnswerTail(bytes);
    this.#listener.onBegun(this.#attempt!, head.isEventStream, nowUs);
    const own = exchange.ownHeaders();
    if (head.contentLength === bytes.length) {
      exchange.answer.reply(head.status, head.headers, own, bytes);
    } else if (!exchange.answer.begin(head, own, bytes)) {
      this.#holdBack();
    }
  }

  #keepError(bytes: Buffer): void {
    this.#errorBytes += bytes.length;
    if (this.#errorBytes <= mostErrorBytes) this.#errorBody!.push(bytes);
  }

  #holdBack(): void {
    if (this.isHeldBack) return;
    this.isHeldBack = true;
    this.#call!.pause();
    this.exchange.answer.onceReady(() => {
      this.isHeldBack = false;
      this.lastHeardUs = this.#listener.nowUs();
      this.#call!.resume();
    });
  }
}

const noBytes = Buffer.alloc(0);
