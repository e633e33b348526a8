import type { Bar } from '../pool.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { Timers } from '../timers.ts';

/** What those who watch over replicas may do. */
export interface HealthPort {
  readonly replicas: readonly ReplicaState[];
  readonly timers: Timers;
  bar(replica: ReplicaState, bar: Bar, isBarred: boolean): void;
  /** It is well again, and may be cold. */
  onRecovered(replica: ReplicaState, nowUs: number): void;
}
