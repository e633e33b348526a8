import { assert } from '../../core/assert.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import type { RequestSource, RequestSpec } from '../../scenarios/request-stream.ts';
import type { RunClock } from '../pacing/run-clock.ts';
import type { TimeScale } from '../pacing/time-scale.ts';
import type { RequestWriter } from './request-writer.ts';

/** A request as it will be sent. */
export interface PreparedRequest {
  readonly spec: RequestSpec;
  readonly request: Buffer;
}

export interface PreparedRequestsOptions {
  readonly stream: RequestSource;
  readonly writer: Pick<RequestWriter, 'write'>;
  readonly clock: RunClock;
  readonly scale: TimeScale;
}

/** Enough for a burst; more would only be memory. */
const mostAhead = 32;
/** So close before a request is due no other is written, since that may take as long. */
const quietUs = 3_000;
/** Where requests wait for others to end, what comes first is settled only just before. */
const settledUs = 10_000;

/**
 * Requests that are written before they are due: a prompt of 100,000 tokens takes milliseconds to
 * write, which would be lag. What comes next may still change, because requests wait for others to
 * end; those that were taken out of the stream early keep their place by their time.
 */
export class PreparedRequests {
  readonly #options: PreparedRequestsOptions;
  readonly #ready = new TimedQueue<PreparedRequest>();

  constructor(options: PreparedRequestsOptions) {
    this.#options = options;
  }

  /** When the next one is due, by the clock. */
  get nextUs(): number {
    return Math.min(this.#ready.nextUs, this.#streamUs);
  }

  take(): PreparedRequest {
    if (this.#streamUs < this.#ready.nextUs) this.#prepare();
    const next = this.#ready.pop();
    assert(next !== undefined, 'there is a request to take');
    return next;
  }

  /** When to come back: to send, or to write what is settled by then. */
  wakeUs(nowUs: number): number {
    const writeUs = this.#isOpen || this.#isFull ? this.#streamUs : this.#streamUs - settledUs / 2;
    // What should be written by now and is not has to wait for what is due.
    return writeUs <= nowUs ? this.nextUs : Math.min(this.#ready.nextUs, writeUs);
  }

  /** Each takes time to write, so the clock is looked at again before the next one. */
  fill(): void {
    while (!this.#isFull) {
      const nowUs = this.#options.clock.nowUs();
      const horizonUs = this.#isOpen ? Number.MAX_SAFE_INTEGER : nowUs + settledUs;
      if (this.#streamUs > horizonUs || this.#ready.nextUs < nowUs + quietUs) return;
      this.#prepare();
    }
  }

  get #isOpen(): boolean {
    return this.#options.stream.ended === undefined;
  }

  get #isFull(): boolean {
    return this.#ready.length >= mostAhead;
  }

  get #streamUs(): number {
    return this.#options.scale.clockUs(this.#options.stream.nextArrivalUs);
  }

  #prepare(): void {
    const spec = this.#options.stream.next();
    const request = this.#options.writer.write(spec);
    this.#ready.push(this.#options.scale.clockUs(spec.arrivalUs), { spec, request });
  }
}
