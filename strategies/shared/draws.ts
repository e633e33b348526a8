import type { Random } from '../../core/random.ts';
import type { ReplicaView } from '../strategy.ts';

/**
 * Chance drawn ahead in batches. In a large `pick` the stream of chance may not be inlined, and
 * then every fraction it returns is an object on the heap.
 */
export class Draws {
  readonly #random: Random;
  readonly #ahead = new Float64Array(64);
  #used = this.#ahead.length;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole number in [0, n). Not by `Math.floor`, whose result may be an object as well. */
  below(n: number): number {
    if (this.#used === this.#ahead.length) this.#refill();
    return (this.#ahead[this.#used++]! * n) | 0;
  }

  /** Any index below `count` but `first`, with equal chance; `first` if there is no other. */
  another(first: number, count: number): number {
    return count === 1 ? first : (first + 1 + this.below(count - 1)) % count;
  }

  /**
   * Whether the newest of so many equals takes the place of the one kept so far. In the end each is
   * kept with equal chance, in one pass and without a second list (a reservoir, as in Envoy).
   */
  isKept(equals: number): boolean {
    return equals === 1 || this.below(equals) === 0;
  }

  /** A candidate in proportion to the weights at their places; if all are 0, any. */
  inProportion(candidates: readonly ReplicaView[], weights: Float64Array): ReplicaView {
    const { length } = candidates;
    let sum = 0;
    for (let i = 0; i < length; i++) sum += weights[i]!;
    if (!(sum > 0)) return candidates[this.below(length)]!;
    if (this.#used === this.#ahead.length) this.#refill();
    let left = this.#ahead[this.#used++]! * sum;
    for (let i = 0; i < length; i++) {
      left -= weights[i]!;
      if (left < 0) return candidates[i]!;
    }
    return candidates[length - 1]!;
  }

  #refill(): void {
    for (let i = 0; i < this.#ahead.length; i++) this.#ahead[i] = this.#random();
    this.#used = 0;
  }
}
