import type { ReplicaView, RequestView } from '../strategy.ts';
import { attemptKey } from './attempt-key.ts';
import { PerReplica } from './per-replica.ts';

/** An amount of something that each attempt takes at its replica until it gives it back. */
export class Reservations {
  /** What is taken at each replica. */
  readonly taken = new PerReplica(0);
  readonly #amounts = new Map<number, number>();
  /** How many attempts have taken something there. */
  readonly #takers = new PerReplica(0);

  take(request: RequestView, replica: ReplicaView, amount: number): void {
    this.#amounts.set(attemptKey(request, replica), amount);
    this.taken.add(replica.index, amount);
    this.#takers.add(replica.index, 1);
  }

  /** What it had taken, if it has not given it back before. */
  giveBack(request: RequestView, replica: ReplicaView): number | undefined {
    const { index } = replica;
    const key = attemptKey(request, replica);
    const amount = this.#amounts.get(key);
    if (amount === undefined) return undefined;
    this.#amounts.delete(key);
    this.#takers.add(index, -1);
    // A sum of fractions must not be less than 0, nor keep a rest that would decide between equals.
    const left = this.#takers.get(index) > 0 ? this.taken.get(index) - amount : 0;
    this.taken.set(index, Math.max(0, left));
    return amount;
  }
}
