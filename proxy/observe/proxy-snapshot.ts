import type { LoadSample } from '../../gateway/reported-load.ts';
import type { ReplicaView } from '../../strategies/strategy.ts';

/** How a replica stands at one moment; the gateway's own book-keeping has this shape. */
export interface ReplicaSnapshot
  extends Pick<ReplicaView, 'name' | 'inFlight' | 'awaiting' | 'weight'> {
  readonly isInPool: boolean;
  readonly isDown: boolean;
  readonly isEjected: boolean;
  readonly reported: LoadSample;
}

/** How the proxy stands at one moment. */
export interface ProxySnapshot {
  /** By the clock of `sampledAtUs`. */
  readonly nowUs: number;
  readonly replicas: readonly ReplicaSnapshot[];
  /** Requests waiting in the gateway. */
  readonly queueLength: number;
  readonly openConnections: number;
  readonly openStreams: number;
  readonly lostLogLines: number;
}
