import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import type { Outcome } from '../core/request-record.ts';
import { US_PER_MS } from '../core/time.ts';
import { TimedQueue } from '../core/timed-queue.ts';
import { GatewayRequest } from '../gateway/gateway-request.ts';
import type { ClientBehaviour } from '../scenarios/client-behaviour.ts';
import type { RequestSource, RequestSpec } from '../scenarios/request-stream.ts';
import type { Gateways } from './gateways.ts';
import { Sequence, type SimulatedRequest } from './replica/sequence.ts';
import type { Process, Simulation } from './simulation.ts';

/** How a request went for a client that does more than wait. */
export interface Seen {
  /** When it should have been sent for the first time. */
  readonly intendedUs: number;
  readonly tries: number;
  readonly outcome: Outcome;
  /** When its client had the whole answer, or none. */
  readonly endUs: number;
  readonly lastTokenUs: number;
}

export interface ClientsOptions {
  readonly stream: RequestSource;
  readonly gateways: Pick<Gateways, 'cancel' | 'inSystem' | 'submit'>;
  readonly simulation: Simulation;
  readonly window: MeasuredWindow;
  /** Absent where the strategy does not look at prompts. */
  readonly hashesOf?: ((spec: RequestSpec) => Float64Array) | undefined;
  /** Whether the run has nothing more to learn; the next wake of anybody ends it. */
  readonly isOver: () => boolean;
  /**
   * Told once for each request of the stream, as it was sent for the last time. Without `seen` its
   * client sent it once and saw what the request says.
   */
  readonly onResult: (request: SimulatedRequest, seen: Seen | undefined) => void;
}

/** A request whose client does not simply wait. */
interface Call {
  readonly spec: RequestSpec;
  readonly client: ClientBehaviour;
  request: SimulatedRequest;
  tries: number;
  /** `reading`: the answer is complete, but not yet for this client. */
  state: 'sent' | 'reading' | 'backingOff' | 'left';
}

/** What a client may do later, unless that try of the request has ended by then. */
interface Act {
  readonly kind: 'leave' | 'timeout' | 'firstTokenTimeout' | 'sendAgain' | 'haveRead';
  readonly id: number;
  readonly ofTry: number;
}

/**
 * How far the backlog may grow after the window. Traffic goes on then only to keep the fleet as
 * busy as it was; in an overloaded one it would fill the memory with requests that nobody counts.
 */
const mostBacklogGrowth = 10_000;

/** Sends the traffic of a scenario through the gateway, each request at its time. */
export class Clients implements Process {
  readonly priority = 1;
  slot = -1;
  /** Requests sent so far that arrived inside the measured window. */
  countedRequests = 0;
  readonly #options: ClientsOptions;
  readonly #calls = new Map<number, Call>();
  readonly #acts = new TimedQueue<Act>();
  #sending = true;
  #waking = false;
  #wakesUs = Number.POSITIVE_INFINITY;
  #mostInSystem = Number.POSITIVE_INFINITY;

  constructor(options: ClientsOptions) {
    this.#options = options;
    options.simulation.add(this);
  }

  start(): void {
    this.#sleep();
  }

  /** Nothing is sent any more; what is on its way may still be given up. */
  stop(): void {
    this.#sending = false;
    this.#sleep();
  }

  /** The hard end of the run: nobody sends again, or reads on. */
  close(nowUs: number): void {
    this.#sending = false;
    for (const call of [...this.#calls.values()]) {
      if (call.state === 'reading') this.#finish(call, 'truncated', nowUs);
      else this.#finish(call, call.request.outcome!, call.request.endUs);
    }
  }

  wake(nowUs: number): void {
    if (this.#sending && this.#options.isOver()) return;
    const { gateways, stream, window } = this.#options;
    if (nowUs >= window.untilUs && this.#mostInSystem === Number.POSITIVE_INFINITY) {
      this.#mostInSystem = gateways.inSystem + mostBacklogGrowth;
    }
    this.#waking = true;
    this.#wakesUs = Number.POSITIVE_INFINITY;
    for (;;) {
      const arrivalUs = this.#nextArrivalUs;
      if (this.#acts.nextUs <= Math.min(arrivalUs, nowUs)) this.#do(this.#acts.pop()!, nowUs);
      else if (arrivalUs <= nowUs) this.#send(stream.next(), nowUs);
      else break;
    }
    this.#waking = false;
    this.#sleep();
  }

  /** The gateway is done with a request. */
  onOutcome(request: SimulatedRequest): void {
    const { onResult, stream } = this.#options;
    const { endUs, id } = request;
    const call = this.#calls.get(id);
    if (call === undefined) {
      onResult(request, undefined);
      if (stream.ended === undefined) return;
      stream.ended(id, heardUs(request.outcome!, endUs));
    } else if (request.outcome === 'ok' && readUs(call) > endUs) {
      call.state = 'reading';
      this.#plan('haveRead', call, readUs(call));
    } else {
      this.#settle(call, request.outcome!, endUs);
    }
    if (!this.#waking) this.#sleep();
  }

  get #nextArrivalUs(): number {
    return this.#sending ? this.#options.stream.nextArrivalUs : Number.POSITIVE_INFINITY;
  }

  #send(spec: RequestSpec, nowUs: number): void {
    const { gateways, window } = this.#options;
    if (gateways.inSystem >= this.#mostInSystem) return;
    if (inWindow(window, spec.arrivalUs)) this.countedRequests += 1;
    const request = this.#request(spec);
    const { client, leavesAfterUs } = spec;
    if (client !== undefined) {
      const call: Call = { spec, client, request, tries: 1, state: 'sent' };
      this.#calls.set(spec.id, call);
      this.#plan('leave', call, nowUs + leavesAfterUs);
      this.#watch(call, nowUs);
    }
    gateways.submit(request, nowUs);
  }

  #request(spec: RequestSpec): SimulatedRequest {
    const request = new GatewayRequest(spec, new Sequence(spec));
    const { hashesOf } = this.#options;
    if (hashesOf !== undefined) request.prefixHashes = hashesOf(spec);
    return request;
  }

  #watch(call: Call, nowUs: number): void {
    this.#plan('timeout', call, nowUs + call.client.timeoutUs);
    this.#plan('firstTokenTimeout', call, nowUs + call.client.firstTokenTimeoutUs);
  }

  /** It names its request and no more: most acts are planned in vain, and many for much later. */
  #plan(kind: Act['kind'], { spec, tries }: Call, atUs: number): void {
    if (atUs === Number.POSITIVE_INFINITY) return;
    this.#acts.push(atUs, { kind, id: spec.id, ofTry: tries });
  }

  #do({ id, kind, ofTry }: Act, nowUs: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    if (kind === 'leave') this.#leave(call, nowUs);
    else if (ofTry !== call.tries) return;
    else if (kind === 'sendAgain') this.#sendAgain(call, nowUs);
    else if (kind === 'haveRead') {
      if (call.state === 'reading') this.#finish(call, 'ok', nowUs);
    } else if (kind === 'timeout' || Number.isNaN(call.request.firstTokenUs)) {
      if (call.state === 'reading') this.#settle(call, 'timeout', nowUs);
      else this.#options.gateways.cancel(call.request, 'timeout', nowUs);
    }
  }

  /** For good: who waits to send again does not, and what came of the last try stands. */
  #leave(call: Call, nowUs: number): void {
    const { request, state } = call;
    call.state = 'left';
    if (state === 'sent') this.#options.gateways.cancel(request, 'cancelled', nowUs);
    else if (state === 'reading') this.#finish(call, 'cancelled', nowUs);
    else this.#finish(call, request.outcome!, nowUs);
  }

  #sendAgain(call: Call, nowUs: number): void {
    const { spec } = call;
    call.request = this.#request({ ...spec, arrivalUs: nowUs });
    call.tries += 1;
    call.state = 'sent';
    this.#watch(call, nowUs);
    this.#options.gateways.submit(call.request, nowUs);
  }

  /** A try has come to its end for the client; it sends again or leaves it at that. */
  #settle(call: Call, outcome: Outcome, nowUs: number): void {
    if (!this.#sending || !wantsAgain(call, outcome)) {
      this.#finish(call, outcome, nowUs);
      return;
    }
    call.state = 'backingOff';
    const waitUs = call.client.backoffUs(call.spec.answer, call.tries + 1);
    this.#plan('sendAgain', call, nowUs + waitUs);
  }

  #finish(call: Call, outcome: Outcome, endUs: number): void {
    const { onResult, stream } = this.#options;
    const { request, spec, state, tries } = call;
    this.#calls.delete(spec.id);
    const lastTokenUs = state === 'reading' ? endUs : request.work.lastTokenUs;
    onResult(request, { intendedUs: spec.arrivalUs, tries, outcome, endUs, lastTokenUs });
    stream.ended?.(spec.id, heardUs(outcome, endUs));
  }

  #sleep(): void {
    const { simulation } = this.#options;
    const nextUs = Math.min(this.#nextArrivalUs, this.#acts.nextUs);
    if (nextUs >= this.#wakesUs) return;
    this.#wakesUs = nextUs;
    // What was due when the run was over is only done now.
    simulation.schedule(this, Math.max(nextUs, simulation.nowUs));
  }
}

/**
 * When whoever waits for the end of a request knows of it. To be turned away takes a round trip: if
 * it took no time, a user who comes again at once would never let the clock go on.
 */
function heardUs(outcome: Outcome, endUs: number): number {
  return outcome === 'rejected' ? endUs + US_PER_MS : endUs;
}

/** A client repeats what may go better the next time; a request that is too long never will. */
function wantsAgain({ client, request, state, tries }: Call, outcome: Outcome): boolean {
  if (state === 'left' || tries > client.retries || request.work.isRefused) return false;
  return outcome === 'failed' || outcome === 'timeout' || outcome === 'rejected';
}

/**
 * When a slow reader has the last token of an answer that is complete. What it has not read waits
 * in a buffer without a bound, as in vLLM's API server: the engine never waits for a reader.
 */
function readUs({ client, request }: Call): number {
  const { firstTokenUs, work } = request;
  return Math.round(firstTokenUs + (work.generated - 1) * client.readUsPerToken);
}
