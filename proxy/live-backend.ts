import type { Attempt } from '../gateway/attempt.ts';
import type { Backend, ProbeListener } from '../gateway/backend.ts';
import type { ReplicaView } from '../strategies/strategy.ts';
import type { Leg } from './leg.ts';
import type { Transport } from './upstream/transport.ts';

/** The port of the gateway to real replicas. */
export class LiveBackend implements Backend<Leg> {
  readonly #transports: readonly Transport[];
  readonly #probe: (replica: ReplicaView, listener: ProbeListener) => void;

  /** More transports may come, one for each replica that does. */
  constructor(
    transports: readonly Transport[],
    probe: (replica: ReplicaView, listener: ProbeListener) => void,
  ) {
    this.#transports = transports;
    this.#probe = probe;
  }

  start(attempt: Attempt<Leg>, nowUs: number): void {
    attempt.work.start(attempt, this.#transports[attempt.replica.index]!, nowUs);
  }

  abort({ work }: Attempt<Leg>): void {
    work.abort();
  }

  again(work: Leg): Leg {
    return work.again();
  }

  isConnected({ work }: Attempt<Leg>): boolean {
    return work.isConnected;
  }

  lastHeardUs({ work }: Attempt<Leg>, nowUs: number): number {
    // A replica that is held back by a slow reader is not silent by itself.
    return work.isHeldBack ? nowUs : work.lastHeardUs;
  }

  probe(replica: ReplicaView, listener: ProbeListener): void {
    this.#probe(replica, listener);
  }
}
