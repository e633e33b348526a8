import type { ReplicaView } from '../strategy.ts';

/**
 * The smooth weighted round robin of nginx (`ngx_http_upstream_get_peer`): all who take part gain
 * their weight, the first with the most has the turn and pays what all have gained. Who takes no
 * part keeps what it has. A turn is `offer` for each who takes part, in order, then `take`.
 */
export class SmoothTurn {
  #currents = new Float64Array(16);
  /** What was gained in this turn. */
  readonly #total = new Float64Array(1);
  #best: ReplicaView | undefined = undefined;

  offer(replica: ReplicaView): void {
    if (replica.index >= this.#currents.length) this.#grow(replica.index);
    const currents = this.#currents;
    currents[replica.index]! += replica.weight;
    this.#total[0]! += replica.weight;
    const best = this.#best;
    if (best === undefined || currents[replica.index]! > currents[best.index]!) {
      this.#best = replica;
    }
  }

  take(): ReplicaView {
    const best = this.#best!;
    this.#currents[best.index]! -= this.#total[0]!;
    this.#total[0] = 0;
    this.#best = undefined;
    return best;
  }

  /** A replica that is new to the pool, or back in it, owes nothing and is owed nothing. */
  forget({ index }: ReplicaView): void {
    if (index < this.#currents.length) this.#currents[index] = 0;
  }

  #grow(index: number): void {
    const grown = new Float64Array(2 * index);
    grown.set(this.#currents);
    this.#currents = grown;
  }
}
