import type { ReplicaView, RequestView } from '../strategy.ts';
import { attemptKey } from './attempt-key.ts';
import { PerReplica } from './per-replica.ts';

/** An amount of something that each attempt takes at its replica until it gives it back. */
export class Reservations {
  /** What is taken at each replica. */
  readonly taken = new PerReplica(0);
  readonly #amounts = new Map<number, number>();

  take(request: RequestView, replica: ReplicaView, amount: number): void {
    this.#amounts.set(attemptKey(request, replica), amount);
    this.taken.add(replica.index, amount);
  }

  /** What it had taken, if it has not given it back before. */
  giveBack(request: RequestView, replica: ReplicaView): number | undefined {
    const { index } = replica;
    const key = attemptKey(request, replica);
    const amount = this.#amounts.get(key);
    if (amount === undefined) return undefined;
    this.#amounts.delete(key);
    // What is taken is a sum of whole numbers or of seconds: rounding must not leave less than 0.
    this.taken.set(index, Math.max(0, this.taken.get(index) - amount));
    return amount;
  }
}
