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
  /**
   * Called when step times are about to change: takes all steps that have ended, and schedules none
   * by the old times but those that are in flight, which keep their length.
   */
  beforeNewPace(nowUs: number): void;
  checkDrained(): void;
}

/** An engine, which may be one of several. */
export interface Rank extends Server {
  /** The gauges at an earlier moment, since when it has not woken. */
  snapshotAt(thenUs: number): Gauges;
}

/** Makes an engine; tests put a plainer one in its place. */
export type CreateReplica = (options: ReplicaOptions) => Rank;

/** Makes the engines of one server. */
export type CreateRanks = (options: readonly ReplicaOptions[]) => readonly Rank[];
