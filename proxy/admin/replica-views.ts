import type { ReplicaState } from '../../gateway/replica-state.ts';
import type { Generation } from '../generation.ts';

/** How a replica is, for people and for metrics. */
export interface ReplicaStatus {
  readonly name: string;
  readonly group: string;
  readonly url: string;
  /** `left`: nothing new is sent there; it finishes what it has. */
  readonly state: 'up' | 'down' | 'ejected' | 'on trial' | 'left';
  readonly weight: number;
  readonly inFlight: number;
  /** Those of them without a first token. */
  readonly awaiting: number;
  /** What it last said of itself; null where it has not said it. */
  readonly waiting: number | null;
  readonly running: number | null;
  readonly kvUsage: number | null;
  readonly reportAgeMs: number | null;
}

export function replicaStatuses(generation: Generation): ReplicaStatus[] {
  const nowUs = generation.nowUs();
  return generation.gateway.replicas.map((state, index) => {
    const { group, name, url } = generation.replicas[index]!;
    const { kvUsage, running, sampledAtUs, waiting } = state.reported;
    return {
      name,
      group,
      url: url.origin,
      state: stateOf(state),
      weight: state.weight,
      inFlight: state.inFlight,
      awaiting: state.awaiting,
      waiting: orNull(waiting),
      running: orNull(running),
      kvUsage: orNull(kvUsage),
      reportAgeMs: orNull(Math.round((nowUs - sampledAtUs) / 1_000)),
    };
  });
}

function stateOf(replica: Readonly<ReplicaState>): ReplicaStatus['state'] {
  if (!replica.isInPool) return 'left';
  if (replica.isDown) return 'down';
  if (replica.isEjected) return 'ejected';
  return replica.isOnTrial ? 'on trial' : 'up';
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
