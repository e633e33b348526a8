import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import { TimedQueue } from '../core/timed-queue.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { GatewayRequest } from '../gateway/gateway-request.ts';
import type { ClientBehaviour } from '../scenarios/client-behaviour.ts';
import type { RequestSource, RequestSpec } from '../scenarios/request-stream.ts';
import { Sequence, type SimulatedRequest } from './replica/sequence.ts';
import type { Process, Simulation } from './simulation.ts';

/** How a request went, seen by its client. */
export interface Result {
  /** As it was sent for the last time. */
  readonly request: SimulatedRequest;
  /** When it should have been sent for the first time. */
  readonly intendedUs: number;
  readonly tries: number;
}

export interface ClientsOptions {
  readonly stream: RequestSource;
  readonly gateway: Gateway<Sequence>;
  readonly simulation: Simulation;
  readonly window: MeasuredWindow;
  /** Whether the run has nothing more to learn; the next wake of anybody ends it. */
  readonly isOver: () => boolean;
  /** Told once for each request of the stream. */
  readonly onResult: (result: Result) => void;
}

/** A request whose client does not simply wait. */
interface Call {
  readonly spec: RequestSpec;
  readonly client: ClientBehaviour;
  request: SimulatedRequest;
  tries: number;
  hasLeft: boolean;
}

/** What a client may do later, unless the request it is about has ended by then. */
interface Act {
  readonly kind: 'leave' | 'timeout' | 'firstTokenTimeout' | 'sendAgain';
  readonly call: Call;
  readonly request: SimulatedRequest;
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

  /** The hard end of the run: nobody sends again. */
  close(): void {
    this.#sending = false;
    for (const call of [...this.#calls.values()]) this.#finish(call.request, call);
  }

  wake(nowUs: number): void {
    if (this.#sending && this.#options.isOver()) return;
    const { gateway, stream, window } = this.#options;
    if (nowUs >= window.untilUs && this.#mostInSystem === Number.POSITIVE_INFINITY) {
      this.#mostInSystem = gateway.inSystem + mostBacklogGrowth;
    }
    this.#waking = true;
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
    const call = this.#calls.get(request.id);
    if (call !== undefined && this.#wantsAgain(call)) {
      const waitUs = call.client.backoffUs(request.id, call.tries + 1);
      this.#acts.push(request.endUs + waitUs, { kind: 'sendAgain', call, request });
    } else {
      this.#finish(request, call);
    }
    if (!this.#waking) this.#sleep();
  }

  get #nextArrivalUs(): number {
    return this.#sending ? this.#options.stream.nextArrivalUs : Number.POSITIVE_INFINITY;
  }

  #send(spec: RequestSpec, nowUs: number): void {
    const { gateway, window } = this.#options;
    if (gateway.inSystem >= this.#mostInSystem) return;
    if (inWindow(window, spec.arrivalUs)) this.countedRequests += 1;
    const request = new GatewayRequest(spec, new Sequence(spec));
    const { client, leavesAfterUs } = spec;
    if (client !== undefined) {
      const call = { spec, client, request, tries: 1, hasLeft: false };
      this.#calls.set(spec.id, call);
      this.#plan('leave', call, nowUs + leavesAfterUs);
      this.#watch(call, nowUs);
    }
    gateway.submit(request, nowUs);
  }

  #watch(call: Call, nowUs: number): void {
    this.#plan('timeout', call, nowUs + call.client.timeoutUs);
    this.#plan('firstTokenTimeout', call, nowUs + call.client.firstTokenTimeoutUs);
  }

  #plan(kind: Act['kind'], call: Call, atUs: number): void {
    if (atUs < Number.POSITIVE_INFINITY)
      this.#acts.push(atUs, { kind, call, request: call.request });
  }

  #do({ call, kind, request }: Act, nowUs: number): void {
    const { gateway } = this.#options;
    if (this.#calls.get(call.spec.id) !== call) return;
    if (kind === 'leave') {
      call.hasLeft = true;
      if (call.request.phase === 'ended') this.#finish(call.request, call);
      else gateway.cancel(call.request, 'cancelled', nowUs);
    } else if (kind === 'sendAgain') {
      call.request = new GatewayRequest(
        { ...call.spec, arrivalUs: nowUs },
        new Sequence(call.spec),
      );
      call.tries += 1;
      this.#watch(call, nowUs);
      gateway.submit(call.request, nowUs);
    } else if (call.request === request) {
      const hasStarted = !Number.isNaN(request.firstTokenUs);
      if (kind === 'timeout' || !hasStarted) gateway.cancel(request, 'timeout', nowUs);
    }
  }

  #wantsAgain({ client, hasLeft, request, tries }: Call): boolean {
    if (!this.#sending || hasLeft || tries > client.retries) return false;
    const { outcome } = request;
    return outcome === 'failed' || outcome === 'timeout' || outcome === 'rejected';
  }

  #finish(request: SimulatedRequest, call: Call | undefined): void {
    const { onResult, stream } = this.#options;
    this.#calls.delete(request.id);
    const { arrivalUs: intendedUs } = call?.spec ?? request;
    onResult({ request, intendedUs, tries: call?.tries ?? 1 });
    stream.ended?.(request.id, request.endUs);
  }

  #sleep(): void {
    const { simulation } = this.#options;
    const nextUs = Math.min(this.#nextArrivalUs, this.#acts.nextUs);
    if (nextUs === Number.POSITIVE_INFINITY) return;
    // What was due when the run was over is only done now.
    simulation.schedule(this, Math.max(nextUs, simulation.nowUs));
  }
}
