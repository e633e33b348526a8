import type { Attempt } from '../gateway/attempt.ts';
import type { Backend, ProbeListener } from '../gateway/backend.ts';
import type { ReplicaView } from '../strategies/strategy.ts';
import type { Leg } from './leg.ts';
import type { ReplicaLink } from './replica-link.ts';

/** The port of the gateway to real replicas. */
export class LiveBackend implements Backend<Leg> {
  readonly #links: readonly ReplicaLink[];

  /** More links may come, one for each replica that does. */
  constructor(links: readonly ReplicaLink[]) {
    this.#links = links;
  }

  start(attempt: Attempt<Leg>, nowUs: number): void {
    attempt.work.start(attempt, this.#links[attempt.replica.index]!.transport, nowUs);
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

  probe({ index }: ReplicaView, listener: ProbeListener): void {
    this.#links[index]!.probe(listener);
  }
}
