import type { ReplicaView } from '../strategy.ts';
import type { Draws } from './draws.ts';

/**
 * The costs of one decision, in the order of its candidates. Strategies whose costs are fractions
 * write them here rather than return them from a function given to someone else: a fraction that
 * goes through a call which is not inlined is an object on the heap.
 */
export class Costs {
  #values = new Float64Array(16);

  /** Lent until there are more candidates. */
  get values(): Float64Array {
    return this.#values;
  }

  /** Room for as many costs, each still to be written. */
  of(candidates: readonly ReplicaView[]): Float64Array {
    if (candidates.length > this.#values.length) {
      this.#values = new Float64Array(2 * candidates.length);
    }
    return this.#values;
  }

  /** Ties are broken by chance: a fixed order would send every one to the same replica. */
  least(candidates: readonly ReplicaView[], draws: Draws): ReplicaView {
    const values = this.#values;
    let best = 0;
    let ties = 1;
    for (let i = 1; i < candidates.length; i++) {
      if (values[i]! > values[best]!) continue;
      ties = values[i]! < values[best]! ? 1 : ties + 1;
      if (draws.isKept(ties)) best = i;
    }
    return candidates[best]!;
  }

  /** The same for costs that are whole numbers. */
  leastBy(
    candidates: readonly ReplicaView[],
    draws: Draws,
    cost: (replica: ReplicaView) => number,
  ): ReplicaView {
    const values = this.of(candidates);
    for (let i = 0; i < candidates.length; i++) values[i] = cost(candidates[i]!);
    return this.least(candidates, draws);
  }
}
