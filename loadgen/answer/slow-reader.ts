import type { AnswerHead } from '../http/answer-head.ts';
import type { AnswerSink, HttpCall } from '../http/http-client.ts';
import type { LiveAnswer } from './live-answer.ts';

/** A timer of Node counts whole milliseconds; a reader need not be more exact. */
const usPerTimerMs = 1_000;

/**
 * Reads an answer as slowly as its client does: the nth token not before n times its pace after
 * the first. Until then the socket is not read, so that first the buffers of the kernel fill up and
 * then those of the server, which has to hold back or to keep what it cannot send.
 */
export class SlowReader implements AnswerSink {
  readonly #answer: LiveAnswer;
  readonly #usPerToken: number;
  #call: HttpCall | undefined = undefined;

  constructor(answer: LiveAnswer, usPerToken: number) {
    this.#answer = answer;
    this.#usPerToken = usPerToken;
  }

  /** What it reads from. */
  reads(call: HttpCall): void {
    this.#call = call;
  }

  onHead(head: AnswerHead): void {
    this.#answer.onHead(head);
  }

  onBytes(bytes: Buffer, from: number, to: number, nowUs: number): void {
    const answer = this.#answer;
    answer.onBytes(bytes, from, to, nowUs);
    if (!answer.hasBegun || answer.isOver) return;
    const waitUs = answer.firstTokenUs + answer.pieces * this.#usPerToken - nowUs;
    if (waitUs < usPerTimerMs) return;
    answer.forgetGaps();
    this.#call?.pause();
    setTimeout(() => this.#call?.resume(), Math.min(waitUs / usPerTimerMs, 2 ** 31 - 1)).unref();
  }

  onEnd(nowUs: number): void {
    this.#call = undefined;
    this.#answer.onEnd(nowUs);
  }

  onFailure(kind: 'connect' | 'closed' | 'protocol', message: string, nowUs: number): void {
    this.#call = undefined;
    this.#answer.onFailure(kind, message, nowUs);
  }
}
