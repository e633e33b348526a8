import { assert } from '../core/assert.ts';
import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import type { Outcome } from '../core/request-record.ts';
import { US_PER_MS } from '../core/time.ts';
import { TimedQueue } from '../core/timed-queue.ts';
import type { RequestSource } from '../scenarios/request-stream.ts';
import { type Failure, outcomeOf } from './answer/failure.ts';
import { LiveAnswer } from './answer/live-answer.ts';
import type { HttpClient } from './http/http-client.ts';
import { type LiveCall, patientClient, post, readUs, wantsAgain } from './live-call.ts';
import type { Pacer } from './pacing/pacer.ts';
import type { RunClock } from './pacing/run-clock.ts';
import type { TimeScale } from './pacing/time-scale.ts';
import { PreparedRequests } from './request/prepared-requests.ts';
import type { Api, RequestWriter } from './request/request-writer.ts';

/** Told what happens; times are of the clock. */
export interface ClientsListener {
  /** A try was sent so long after it should have been. */
  onSent(call: LiveCall, lagUs: number): void;
  onFirstToken(call: LiveCall, nowUs: number): void;
  onGap(gapUs: number, nowUs: number): void;
  /** Once for each request, as it was sent for the last time. */
  onResult(call: LiveCall, outcome: Outcome): void;
  /** All that counts has ended; whether it has for others as well, if traffic is shared. */
  onSettled?(): boolean;
  /** Nothing more is sent, and all that counts has ended. */
  onOver(): void;
}

export interface ClientsOptions {
  readonly stream: RequestSource;
  readonly http: Pick<HttpClient, 'send' | 'sendSlow'>;
  readonly writer: Pick<RequestWriter, 'write'>;
  readonly api: Api;
  readonly clock: RunClock;
  readonly pacer: Pick<Pacer, 'wakeAt'>;
  readonly scale: TimeScale;
  /** By the clock. */
  readonly window: MeasuredWindow;
  /** No more than these are sent, counted or not. */
  readonly mostRequests: number;
  readonly listener: ClientsListener;
}

/** What a client may do later, unless that try of the request has ended by then. */
interface Act {
  readonly kind: 'leave' | 'timeout' | 'firstTokenTimeout' | 'sendAgain' | 'haveRead';
  readonly id: number;
  readonly ofTry: number;
}

/**
 * How far what is on its way may grow after the window, as in a simulation: traffic goes on then
 * only to keep the server as busy as it was.
 */
const mostBacklogGrowth = 10_000;

/**
 * The clients of a scenario in front of a live server. They send when the schedule says so, never
 * when the server is ready, and behave as those of the simulator do: see `sim/clients.ts`.
 */
export class Clients {
  /** Requests sent so far, and those among them that count. */
  sent = 0;
  counted = 0;
  readonly #options: ClientsOptions;
  readonly #prepared: PreparedRequests;
  readonly #calls = new Map<number, LiveCall>();
  readonly #acts = new TimedQueue<Act>();
  #countedOpen = 0;
  #mostInFlight = Number.POSITIVE_INFINITY;
  #sending = true;
  #waking = false;
  #isOver = false;

  constructor(options: ClientsOptions) {
    this.#options = options;
    this.#prepared = new PreparedRequests(options);
  }

  get inFlight(): number {
    return this.#calls.size;
  }

  start(): void {
    this.#prepared.fill();
    this.#sleep();
  }

  /** Nothing is sent any more; what is on its way may still come to its end. */
  stop(): void {
    this.#sending = false;
    this.#sleep();
  }

  /** The hard end: whoever still waits has no answer. */
  close(): void {
    this.#sending = false;
    for (const call of [...this.#calls.values()]) {
      if (!this.#calls.has(call.spec.id)) continue;
      const isOpen = call.state === 'sent' || call.state === 'reading';
      if (isOpen) this.#giveUp(call, 'truncated');
      else this.#finish(call, this.#lastOutcome(call));
    }
  }

  wake(): void {
    const { clock } = this.#options;
    this.#waking = true;
    for (;;) {
      const nowUs = clock.nowUs();
      const arrivalUs = this.#nextArrivalUs;
      if (this.#acts.nextUs <= Math.min(arrivalUs, nowUs)) {
        const atUs = this.#acts.nextUs;
        this.#do(this.#acts.pop()!, atUs);
      } else if (arrivalUs <= nowUs) this.#send();
      else break;
      if (this.#isOver) break;
    }
    this.#waking = false;
    this.#sleep();
  }

  get #nextArrivalUs(): number {
    const canSend = this.#sending && this.sent < this.#options.mostRequests;
    return canSend ? this.#prepared.nextUs : Number.POSITIVE_INFINITY;
  }

  #send(): void {
    const { request, spec } = this.#prepared.take();
    const { scale, window } = this.#options;
    const intendedUs = scale.clockUs(spec.arrivalUs);
    if (intendedUs >= window.untilUs) {
      if (this.#mostInFlight === Number.POSITIVE_INFINITY) {
        this.#mostInFlight = this.inFlight + mostBacklogGrowth;
      }
      if (this.inFlight >= this.#mostInFlight) return;
    }
    this.sent += 1;
    if (inWindow(window, intendedUs)) {
      this.counted += 1;
      this.#countedOpen += 1;
    }
    const call: LiveCall = {
      ...{ spec, request, intendedUs, tries: 0, failure: undefined, state: 'sent' },
      ...{ answer: this.#answer(spec.id), http: undefined, sentUs: Number.NaN, endUs: Number.NaN },
    };
    this.#calls.set(spec.id, call);
    this.#plan('leave', call, spec.leavesAfterUs, intendedUs);
    this.#try(call, intendedUs);
  }

  /** Sends it for the first time, or again. */
  #try(call: LiveCall, dueUs: number): void {
    const { clock, listener } = this.#options;
    const { firstTokenTimeoutUs, timeoutUs } = call.spec.client ?? patientClient;
    call.tries += 1;
    call.state = 'sent';
    call.failure = undefined;
    call.endUs = Number.NaN;
    if (call.tries > 1) call.answer = this.#answer(call.spec.id);
    call.sentUs = clock.nowUs();
    call.http = post(call, this.#options);
    this.#plan('timeout', call, timeoutUs, dueUs);
    this.#plan('firstTokenTimeout', call, firstTokenTimeoutUs, dueUs);
    listener.onSent(call, call.sentUs - dueUs);
  }

  #answer(id: number): LiveAnswer {
    const { api, listener } = this.#options;
    return new LiveAnswer(api, {
      onFirstToken: (nowUs) => listener.onFirstToken(this.#calls.get(id)!, nowUs),
      onGap: (gapUs, nowUs) => listener.onGap(gapUs, nowUs),
      onAnswer: (failure, nowUs) => this.#onAnswer(this.#calls.get(id), failure, nowUs),
    });
  }

  /** The server is done with a try. */
  #onAnswer(call: LiveCall | undefined, failure: Failure | undefined, nowUs: number): void {
    assert(call !== undefined, 'an answer belongs to a call');
    // Whatever the parser found, the rest of this answer is not worth a connection.
    if (failure !== undefined) call.http?.abort();
    call.failure = failure;
    call.endUs = nowUs;
    const haveReadUs = readUs(call, this.#options.scale);
    if (failure === undefined && haveReadUs > nowUs) {
      call.state = 'reading';
      this.#plan('haveRead', call, 0, haveReadUs);
    } else this.#settle(call, failure === undefined ? 'ok' : outcomeOf(failure));
    if (!this.#waking) this.#sleep();
  }

  /** From a time of the clock on, after a time of the scenario. */
  #plan(kind: Act['kind'], { spec, tries }: LiveCall, afterUs: number, fromUs: number): void {
    if (afterUs === Number.POSITIVE_INFINITY) return;
    // Only `leave` is planned before the first try, and it holds for all of them.
    const atUs = fromUs + this.#options.scale.clockUs(afterUs);
    this.#acts.push(atUs, { kind, id: spec.id, ofTry: tries });
  }

  #do({ id, kind, ofTry }: Act, dueUs: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    if (kind === 'leave') this.#leave(call);
    else if (ofTry !== call.tries) return;
    else if (kind === 'sendAgain') this.#try(call, dueUs);
    else if (kind === 'haveRead') {
      if (call.state === 'reading') {
        call.endUs = dueUs;
        this.#finish(call, 'ok');
      }
    } else if (call.state === 'sent' || call.state === 'reading') {
      if (kind === 'firstTokenTimeout' && call.answer.hasBegun) return;
      call.http?.abort();
      call.endUs = this.#options.clock.nowUs();
      this.#settle(call, 'timeout');
    }
  }

  /** For good: who waits to send again does not, and what came of the last try stands. */
  #leave(call: LiveCall): void {
    if (call.state === 'backingOff') this.#finish(call, this.#lastOutcome(call));
    else this.#giveUp(call, 'cancelled');
  }

  #giveUp(call: LiveCall, outcome: Outcome): void {
    call.http?.abort();
    call.endUs = this.#options.clock.nowUs();
    this.#finish(call, outcome);
  }

  #lastOutcome({ failure }: LiveCall): Outcome {
    return failure === undefined ? 'timeout' : outcomeOf(failure);
  }

  /** A try has come to its end for the client; it sends again or leaves it at that. */
  #settle(call: LiveCall, outcome: Outcome): void {
    const { client, answer } = call.spec;
    if (client === undefined || !this.#sending || !wantsAgain(call, outcome)) {
      this.#finish(call, outcome);
      return;
    }
    call.state = 'backingOff';
    this.#plan('sendAgain', call, client.backoffUs(answer, call.tries + 1), call.endUs);
  }

  #finish(call: LiveCall, outcome: Outcome): void {
    const { listener, scale, stream, window } = this.#options;
    this.#calls.delete(call.spec.id);
    listener.onResult(call, outcome);
    if (inWindow(window, call.intendedUs)) this.#countedOpen -= 1;
    // To be turned away takes a round trip, as in a simulation.
    const heardUs = outcome === 'rejected' ? US_PER_MS : 0;
    stream.ended?.(call.spec.id, scale.scenarioUs(call.endUs) + heardUs);
    this.#lookForEnd();
  }

  /** Traffic goes on behind the window until the last counted request has ended. */
  #lookForEnd(): void {
    const { clock, listener, mostRequests, window } = this.#options;
    if (this.#isOver || this.#countedOpen > 0) return;
    // A generator that is late still owes what was due before the end.
    const isPast = clock.nowUs() >= window.untilUs && this.#nextArrivalUs >= window.untilUs;
    const isSent = this.sent >= mostRequests || !this.#sending;
    const isDone = isSent && this.#calls.size === 0;
    if (!isPast && !isDone) return;
    if (!isDone && this.#sending && listener.onSettled?.() === false) return;
    this.#isOver = true;
    this.#sending = false;
    listener.onOver();
  }

  #sleep(): void {
    const { clock, pacer, window } = this.#options;
    if (this.#isOver) return;
    this.#lookForEnd();
    this.#prepared.fill();
    // With nothing counted on its way, the end of the window is an event by itself.
    const canSend = this.#nextArrivalUs < Number.POSITIVE_INFINITY;
    const sendUs = canSend ? this.#prepared.wakeUs(clock.nowUs()) : Number.POSITIVE_INFINITY;
    const nextUs = Math.min(sendUs, this.#acts.nextUs);
    const endsThere = this.#countedOpen === 0 && clock.nowUs() < window.untilUs;
    pacer.wakeAt(endsThere ? Math.min(nextUs, window.untilUs) : nextUs);
  }
}
