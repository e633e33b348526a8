import { Gateway } from '../../gateway/gateway.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import { makeStrategy } from './strategies.ts';
import { anyUsage, requestView, unknownReplicas } from './views.ts';

export interface Balancing {
  readonly strategy: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly weights: readonly number[];
  /** The first replica is 127.0.0.1 with this port, and so on. */
  readonly ports: readonly number[];
  readonly seed?: number;
}

/** Our strategy behind our gateway, one request at a time; replicas are numbered from 1. */
export class GatewayPicks {
  readonly #gateway: Gateway<null>;
  readonly #requests: GatewayRequest<null>[] = [];
  #nowUs = 0;

  constructor({ options = {}, ports, seed = 1, strategy, weights }: Balancing) {
    this.#gateway = new Gateway<null>({
      replicas: unknownReplicas(ports.length).map((facts, index) => ({
        ...facts,
        name: `127.0.0.1:${ports[index]}`,
      })),
      strategy: makeStrategy(strategy, options, seed),
      backend: { start: () => {}, abort: () => {} },
      onOutcome: () => {},
      checkInvariants: true,
    });
    for (const [index, weight] of weights.entries()) this.#gateway.setWeight(index, weight, 0);
  }

  /** Which replica gets a request of this tenant. */
  send(tenant: string): number {
    this.#nowUs += 1;
    const id = this.#requests.length;
    const given = { tenant, arrivalUs: this.#nowUs };
    const request = new GatewayRequest(requestView(id, 10, given), null);
    this.#requests.push(request);
    this.#gateway.submit(request, this.#nowUs);
    return request.replica!.index + 1;
  }

  /** Ends a request, by its number in the order of sending. */
  end(request: number): void {
    this.#nowUs += 1;
    this.#gateway.onEnd(this.#requests[request]!.attempt!, anyUsage, this.#nowUs);
  }
}
