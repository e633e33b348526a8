import type { Gauges } from '../replica/engine.ts';
import type { ReplicaOptions } from '../replica/replica.ts';
import type { Sequence } from '../replica/sequence.ts';

/** Computes the answers of sequences: an engine, or several with an API in front of them. */
export interface Server {
  readonly busyUs: number;
  readonly steps: number;
  snapshot(): Gauges;
  add(sequence: Sequence, nowUs: number): void;
  abort(sequence: Sequence, nowUs: number): void;
  checkDrained(): void;
}

/** Makes the engine of a server; tests put a plainer one in its place. */
export type CreateReplica = (options: ReplicaOptions) => Server;
