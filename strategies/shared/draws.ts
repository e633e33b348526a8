import type { Random } from '../../core/random.ts';

/**
 * Whole numbers by chance, drawn ahead in batches. In a large `pick` the stream of chance may not be
 * inlined, and then every fraction it returns is an object on the heap.
 */
export class Draws {
  readonly #random: Random;
  readonly #ahead = new Float64Array(64);
  #used = this.#ahead.length;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    if (this.#used === this.#ahead.length) this.#refill();
    return Math.floor(this.#ahead[this.#used++]! * n);
  }

  /** Any index below `count` but `first`, with equal chance; `first` if there is no other. */
  another(first: number, count: number): number {
    return count === 1 ? first : (first + 1 + this.below(count - 1)) % count;
  }

  #refill(): void {
    for (let i = 0; i < this.#ahead.length; i++) this.#ahead[i] = this.#random();
    this.#used = 0;
  }
}
