import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { GatewayRequest } from '../gateway/gateway-request.ts';
import type { RequestSource } from '../scenarios/request-stream.ts';
import { Sequence } from './replica/sequence.ts';
import type { Process, Simulation } from './simulation.ts';

export interface ClientsOptions {
  readonly stream: RequestSource;
  readonly gateway: Gateway<Sequence>;
  readonly simulation: Simulation;
  readonly window: MeasuredWindow;
  /** Whether the run has nothing more to learn; the next wake of anybody ends it. */
  readonly isOver: () => boolean;
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
  #sending = true;
  #mostInSystem = Number.POSITIVE_INFINITY;

  constructor(options: ClientsOptions) {
    this.#options = options;
    options.simulation.add(this);
  }

  start(): void {
    const { simulation, stream } = this.#options;
    simulation.schedule(this, stream.nextArrivalUs);
  }

  stop(): void {
    this.#sending = false;
  }

  wake(nowUs: number): void {
    if (!this.#sending || this.#options.isOver()) return;
    const { gateway, stream, window } = this.#options;
    if (nowUs >= window.untilUs && this.#mostInSystem === Number.POSITIVE_INFINITY) {
      this.#mostInSystem = gateway.inSystem + mostBacklogGrowth;
    }
    while (stream.nextArrivalUs <= nowUs) {
      const spec = stream.next();
      if (gateway.inSystem >= this.#mostInSystem) continue;
      if (inWindow(window, spec.arrivalUs)) this.countedRequests += 1;
      gateway.submit(new GatewayRequest(spec, new Sequence(spec)), nowUs);
    }
    this.start();
  }
}
