import type { AnswerHead } from '../http/answer-head.ts';
import type { AnswerSink } from '../http/http-client.ts';
import { type AnswerEvent, errorOf, isObject, readEvent, type Usage } from './answer-events.ts';
import { type EventSink, EventStream } from './event-stream.ts';
import type { Failure } from './failure.ts';

export interface AnswerListener {
  onFirstToken(nowUs: number): void;
  /** Between two pieces of an answer. */
  onGap(gapUs: number, nowUs: number): void;
  /** The last word: without a failure the answer is complete. */
  onAnswer(failure: Failure | undefined, nowUs: number): void;
}

/** Of an error, or of an answer that comes in one piece. */
const mostBodyBytes = 8 * 1024 * 1024;
const longestMessage = 300;

/** What came of one request that was sent, and when. */
export class LiveAnswer implements AnswerSink, EventSink {
  firstTokenUs = Number.NaN;
  lastTokenUs = Number.NaN;
  gapMaxUs = Number.NaN;
  /** Pieces with content: as many as tokens, unless the server puts several into one. */
  pieces = 0;
  usage: Usage | undefined = undefined;
  finishReason: string | undefined = undefined;
  replica = '';
  queueUs = Number.NaN;
  readonly #listener: AnswerListener;
  readonly #stream: EventStream;
  #areGapsKnown = true;
  #status = 0;
  #isStream = false;
  #isDone = false;
  #isOver = false;
  #body: Buffer[] = [];
  #bodyBytes = 0;

  constructor(api: 'completions' | 'chat', listener: AnswerListener) {
    this.#listener = listener;
    this.#stream = new EventStream(api, this);
  }

  /** Of the usage, where the server told it. */
  get outputTokens(): number {
    const told = this.usage?.outputTokens ?? Number.NaN;
    return Number.isNaN(told) ? this.pieces : told;
  }

  get hasBegun(): boolean {
    return !Number.isNaN(this.firstTokenUs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Its client reads later than it could: what lies between two reads is no gap of the server. */
  forgetGaps(): void {
    this.#areGapsKnown = false;
    this.gapMaxUs = Number.NaN;
  }

  onHead({ isStream, queueUs, replica, status }: AnswerHead): void {
    this.#status = status;
    this.#isStream = isStream && status === 200;
    this.replica = replica;
    this.queueUs = queueUs;
  }

  onBytes(bytes: Buffer, from: number, to: number, nowUs: number): void {
    if (this.#isOver) return;
    if (this.#isStream) {
      this.#stream.take(bytes, from, to, nowUs);
      return;
    }
    this.#bodyBytes += to - from;
    if (this.#bodyBytes <= mostBodyBytes) this.#body.push(Buffer.from(bytes.subarray(from, to)));
  }

  onEnd(nowUs: number): void {
    if (this.#status !== 200) this.#finish(this.#statusFailure(), nowUs);
    else if (this.#isStream) this.#finish(this.#cutShort(), nowUs);
    else this.#readWhole(nowUs);
  }

  onFailure(kind: 'connect' | 'closed' | 'protocol', message: string, nowUs: number): void {
    this.#finish({ kind, message }, nowUs);
  }

  onToken(nowUs: number): void {
    if (this.#isOver) return;
    this.pieces += 1;
    if (this.pieces === 1) {
      this.firstTokenUs = nowUs;
      this.#listener.onFirstToken(nowUs);
    } else if (this.#areGapsKnown) {
      const gapUs = nowUs - this.lastTokenUs;
      if (!(gapUs <= this.gapMaxUs)) this.gapMaxUs = gapUs;
      this.#listener.onGap(gapUs, nowUs);
    }
    this.lastTokenUs = nowUs;
  }

  onEvent({ error, finishReason, hasContent, usage }: AnswerEvent, nowUs: number): void {
    if (this.#isOver) return;
    if (error !== undefined) {
      this.#finish({ kind: 'stream-error', message: shortened(error) }, nowUs);
      return;
    }
    if (hasContent) this.onToken(nowUs);
    this.finishReason = finishReason ?? this.finishReason;
    this.usage = usage ?? this.usage;
  }

  onDone(): void {
    this.#isDone = true;
  }

  onMalformed(line: string, nowUs: number): void {
    this.#finish({ kind: 'malformed', message: shortened(line) }, nowUs);
  }

  /** A stream says itself that it is complete; the end of its bytes does not. */
  #cutShort(): Failure | undefined {
    const isComplete = this.finishReason !== undefined || (this.#isDone && this.pieces > 0);
    if (isComplete && this.#stream.isAtLineEnd) return undefined;
    return { kind: 'incomplete', message: 'the stream ended without a finish_reason' };
  }

  /** It was not streamed, so that all of its tokens came at once. */
  #readWhole(nowUs: number): void {
    const event = readEvent(this.#text());
    if (event === undefined) {
      this.#finish({ kind: 'malformed', message: shortened(this.#text()) }, nowUs);
      return;
    }
    this.onEvent(event, nowUs);
    if (this.finishReason !== undefined) this.#finish(undefined, nowUs);
    else this.#finish({ kind: 'incomplete', message: 'the answer has no finish_reason' }, nowUs);
  }

  #statusFailure(): Failure {
    const text = this.#text();
    let message = text;
    try {
      const body: unknown = JSON.parse(text);
      if (isObject(body)) message = errorOf(body) ?? text;
    } catch {
      // Some of those who stand in between answer with a page.
    }
    return { kind: 'status', status: this.#status, message: shortened(message) };
  }

  #text(): string {
    return Buffer.concat(this.#body).toString('utf8');
  }

  #finish(failure: Failure | undefined, nowUs: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#body = [];
    this.#listener.onAnswer(failure, nowUs);
  }
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}
