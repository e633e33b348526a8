import type { Random } from '../core/random.ts';
import type { ReplicaView, Strategy } from '../strategies/strategy.ts';
import type { AttemptWatcher } from './attempt-watcher.ts';
import type { Backend } from './backend.ts';
import type { DistributionAlert } from './distribution-monitor.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { GatewayPolicy } from './policy.ts';
import type { Bar } from './pool.ts';
import type { ReplicaFacts } from './replica-state.ts';
import type { AlarmClock } from './timers.ts';

export interface GatewayOptions<Work> {
  readonly replicas: readonly ReplicaFacts[];
  readonly strategy: Strategy;
  readonly backend: Backend<Work>;
  readonly policy?: GatewayPolicy | undefined;
  /** For policies with times, and for those that draw. */
  readonly clock?: AlarmClock | undefined;
  readonly random?: Random | undefined;
  /** Told once for each request, when it has its outcome. */
  readonly onOutcome: (request: GatewayRequest<Work>) => void;
  /** Told of every attempt, after the parts of the gateway itself. */
  readonly watchers?: readonly AttemptWatcher<Work>[] | undefined;
  /** Told when a replica is left alone, and when that is over. */
  readonly onBar?: ((replica: ReplicaView, bar: Bar, isBarred: boolean) => void) | undefined;
  readonly onAlert?: ((alert: DistributionAlert) => void) | undefined;
  /** Checks every transition against the numbered invariants; slow, for tests. */
  readonly checkInvariants: boolean;
}
