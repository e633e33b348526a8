import type { ReplicaView, RequestView } from '../strategy.ts';
import { PerReplica } from './per-replica.ts';

/** An amount of something that each request takes at its replica until it gives it back. */
export class Reservations {
  /** What is taken at each replica. */
  readonly taken = new PerReplica(0);
  readonly #amounts = new Map<number, number>();

  take({ id }: RequestView, { index }: ReplicaView, amount: number): void {
    this.#amounts.set(id, amount);
    this.taken.add(index, amount);
  }

  /** What it had taken, if it has not given it back before. */
  giveBack({ id }: RequestView, { index }: ReplicaView): number | undefined {
    const amount = this.#amounts.get(id);
    if (amount === undefined) return undefined;
    this.#amounts.delete(id);
    // What is taken is a sum of whole numbers or of seconds: rounding must not leave less than 0.
    this.taken.set(index, Math.max(0, this.taken.get(index) - amount));
    return amount;
  }
}
