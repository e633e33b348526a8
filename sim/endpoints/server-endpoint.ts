import type { Gauges } from '../replica/engine.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import type { ReplicaListener } from '../replica/pending-answers.ts';
import type { SimulatedAttempt } from '../replica/sequence.ts';
import type { Endpoint, EndpointListener } from './endpoint.ts';
import type { Server } from './server.ts';

/** An endpoint with one server behind it, which does all of a request. */
export class ServerEndpoint implements Endpoint {
  readonly name: string;
  readonly silentSinceUs = Number.POSITIVE_INFINITY;
  readonly #server: Server;

  constructor(
    name: string,
    listener: EndpointListener,
    createServer: (listener: ReplicaListener) => Server,
  ) {
    this.name = name;
    this.#server = createServer({
      onFirstToken: (sequence, nowUs) => listener.onFirstToken(sequence.owner!, nowUs),
      onEnd: (sequence, nowUs) => listener.onEnd(sequence.owner!, nowUs),
      onError: (sequence, nowUs) => listener.onError(sequence.owner!, nowUs),
    });
  }

  get busyUs(): number {
    return this.#server.busyUs;
  }

  get steps(): number {
    return this.#server.steps;
  }

  get counters(): EngineCounters {
    return this.#server.counters;
  }

  snapshot(): Gauges {
    return this.#server.snapshot();
  }

  isConnected(): boolean {
    return true;
  }

  add(attempt: SimulatedAttempt, nowUs: number): void {
    attempt.work.owner = attempt;
    this.#server.add(attempt.work, nowUs);
  }

  abort({ work }: SimulatedAttempt, nowUs: number): void {
    this.#server.abort(work, nowUs);
  }

  beforeNewPace(nowUs: number): void {
    this.#server.beforeNewPace(nowUs);
  }

  checkDrained(): void {
    this.#server.checkDrained();
  }
}
