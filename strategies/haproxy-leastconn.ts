import { effectiveWeight, maxEffectiveWeight } from './shared/haproxy-weight.ts';
import { defineStrategy, type ReplicaView, type RequestView, type Strategy } from './strategy.ts';

/**
 * `lb_fwlc.c` keeps servers in a tree by load; one is taken out and put in again when its key
 * changes, behind all that have the same key by then. A number that counts up stands for the place.
 */
class HaproxyLeastconn implements Strategy {
  #keys = new Float64Array(0);
  #places = new Float64Array(0);
  readonly #placesGiven = new Float64Array(1);

  pick(_request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    let least = candidates[0]!;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      this.#reposition(candidate);
      if (this.#isBefore(candidate.index, least.index)) least = candidate;
    }
    return least;
  }

  onDispatched(_request: RequestView, replica: ReplicaView): void {
    this.#reposition(replica);
  }

  onEnded(_request: RequestView, replica: ReplicaView): void {
    this.#reposition(replica);
  }

  onJoined({ index }: ReplicaView): void {
    if (index < this.#keys.length) this.#keys[index] = Number.NaN;
  }

  #isBefore(index: number, other: number): boolean {
    const difference = this.#keys[index]! - this.#keys[other]!;
    return difference < 0 || (difference === 0 && this.#places[index]! < this.#places[other]!);
  }

  #reposition(replica: ReplicaView): void {
    const { inFlight, index } = replica;
    if (index >= this.#keys.length) this.#grow(index + 1);
    const key =
      inFlight === 0
        ? 0
        : Math.floor(((inFlight + 1) * maxEffectiveWeight) / effectiveWeight(replica));
    if (key === this.#keys[index]) return;
    this.#keys[index] = key;
    this.#places[index] = this.#placesGiven[0]!++;
  }

  #grow(length: number): void {
    const [keys, places] = [this.#keys, this.#places];
    this.#keys = new Float64Array(2 * length).fill(Number.NaN);
    this.#keys.set(keys);
    this.#places = new Float64Array(2 * length);
    this.#places.set(places);
  }
}

export default defineStrategy({
  name: 'haproxy-leastconn',
  family: 'load',
  summary:
    'The fewest requests in flight per weight; ties to the one whose load has not changed for longest: leastconn of HAProxy 2.6.',
  options: {},
  create: () => new HaproxyLeastconn(),
});
