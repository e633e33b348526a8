import type { ReplicaView } from '../strategies/strategy.ts';

/** The gateway's own book-keeping for a replica, which strategies read as a `ReplicaView`. */
export class ReplicaState implements ReplicaView {
  readonly index: number;
  readonly name: string;
  inFlight = 0;
  inFlightPromptTokens = 0;
  weight = 1;
  /** Whether it is in the pool: nothing new is sent to who is not. */
  isInPool = true;

  constructor(index: number, name: string) {
    this.index = index;
    this.name = name;
  }
}
