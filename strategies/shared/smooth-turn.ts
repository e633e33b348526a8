import type { AttemptEnd, ReplicaView } from '../strategy.ts';

/**
 * The smooth weighted round robin of nginx (`ngx_http_upstream_get_peer`): all who take part gain
 * their weight, the first with the most has the turn and pays what all have gained. Who takes no
 * part keeps what it has. A failure takes weight away, and each turn gives one back. A turn is
 * `offer` for each who takes part, in order, then `take`.
 */
export class SmoothTurn {
  #currents = new Float64Array(16);
  /** Weight that failures have taken away. */
  #lost = new Float64Array(16);
  /** What was gained in this turn. */
  readonly #total = new Float64Array(1);
  #best: ReplicaView | undefined = undefined;
  readonly #maxFails: number;

  /** So many failures take all of its weight from a replica; 0 for never. */
  constructor(maxFails: number) {
    this.#maxFails = maxFails;
  }

  offer(replica: ReplicaView): void {
    if (replica.index >= this.#currents.length) this.#grow(replica.index);
    const currents = this.#currents;
    const lost = this.#lost;
    const effective = Math.max(0, replica.weight - lost[replica.index]!);
    currents[replica.index]! += effective;
    this.#total[0]! += effective;
    lost[replica.index] = Math.max(0, lost[replica.index]! - 1);
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

  ended({ index, weight }: ReplicaView, { outcome }: AttemptEnd): void {
    if (outcome !== 'failed' || this.#maxFails === 0) return;
    if (index >= this.#currents.length) this.#grow(index);
    const lost = this.#lost[index]! + Math.floor(weight / this.#maxFails);
    this.#lost[index] = Math.min(weight, lost);
  }

  /** A replica that is new to the pool, or back in it, owes nothing and is owed nothing. */
  forget({ index }: ReplicaView): void {
    if (index >= this.#currents.length) return;
    this.#currents[index] = 0;
    this.#lost[index] = 0;
  }

  #grow(index: number): void {
    const [currents, lost] = [new Float64Array(2 * index), new Float64Array(2 * index)];
    currents.set(this.#currents);
    lost.set(this.#lost);
    this.#currents = currents;
    this.#lost = lost;
  }
}
