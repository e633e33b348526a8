import type { Gauges } from '../replica/engine.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import type { ReplicaOptions } from '../replica/replica.ts';
import type { Sequence } from '../replica/sequence.ts';

/** Computes the answers of sequences: an engine, or several with an API in front of them. */
export interface Server {
  readonly busyUs: number;
  readonly steps: number;
  readonly counters: EngineCounters;
  snapshot(): Gauges;
  /** From an API process, where several of them make a difference. */
  add(sequence: Sequence, nowUs: number, apiProcess?: number): void;
  abort(sequence: Sequence, nowUs: number): void;
  checkDrained(): void;
}

/** Makes the engine of a server; tests put a plainer one in its place. */
export type CreateReplica = (options: ReplicaOptions) => Server;
