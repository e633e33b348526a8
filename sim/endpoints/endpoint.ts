import type { Gauges } from '../replica/engine.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import type { SimulatedAttempt } from '../replica/sequence.ts';

/** What the gateway addresses as one replica, whatever stands behind the address. */
export interface Endpoint {
  readonly name: string;
  /** Engine time, summed over its engines. */
  readonly busyUs: number;
  /** Engine steps that have ended, summed over its engines. */
  readonly steps: number;
  /** What its `/metrics` says, summed over its engines; undefined when there is no answer. */
  snapshot(): Gauges | undefined;
  readonly counters: EngineCounters;
  /** Since when nobody hears anything of it; infinity while it answers, if only by refusing. */
  readonly silentSinceUs: number;
  /** Whether its connection came about. */
  isConnected(attempt: SimulatedAttempt): boolean;
  add(attempt: SimulatedAttempt, nowUs: number): void;
  abort(attempt: SimulatedAttempt, nowUs: number): void;
  /** Step times are about to change; see `Server`. */
  beforeNewPace(nowUs: number): void;
  /** Throws unless nothing is in it and nothing held, as must be after a drained run. */
  checkDrained(): void;
}

/** Whoever waits for the answers of an endpoint. */
export interface EndpointListener {
  onFirstToken(attempt: SimulatedAttempt, nowUs: number): void;
  onEnd(attempt: SimulatedAttempt, nowUs: number): void;
  onError(attempt: SimulatedAttempt, nowUs: number): void;
}
