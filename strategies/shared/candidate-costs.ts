import { type Random, randomIndex } from '../../core/random.ts';
import type { ReplicaView } from '../strategy.ts';

/** A cost for each candidate, by its place in the list; the same memory for every pick. */
export class CandidateCosts {
  at: Float64Array = new Float64Array(64);

  /** Room for so many; what was there is overwritten by whoever asks. */
  reserve(candidates: number): Float64Array {
    if (this.at.length < candidates) this.at = new Float64Array(2 * candidates);
    return this.at;
  }

  /** The candidate of least cost; ties by chance, as in `leastCost`. */
  lowest(candidates: readonly ReplicaView[], random: Random): ReplicaView {
    const costs = this.at;
    let best = 0;
    let ties = 1;
    for (let i = 1; i < candidates.length; i++) {
      if (costs[i]! > costs[best]!) continue;
      ties = costs[i]! < costs[best]! ? 1 : ties + 1;
      if (ties === 1 || randomIndex(random, ties) === 0) best = i;
    }
    return candidates[best]!;
  }
}
