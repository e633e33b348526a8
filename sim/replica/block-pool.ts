import { assert } from '../../core/assert.ts';

/** The KV cache as a number of equal blocks, some of them in use. */
export class BlockPool {
  readonly capacity: number;
  #free: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#free = capacity;
  }

  get free(): number {
    return this.#free;
  }

  get used(): number {
    return this.capacity - this.#free;
  }

  take(blocks: number): void {
    assert(blocks >= 0 && blocks <= this.#free, `invariant 7: ${blocks} of ${this.#free} free`);
    this.#free -= blocks;
  }

  giveBack(blocks: number): void {
    this.#free += blocks;
    assert(this.#free <= this.capacity, 'invariant 7: more blocks came back than there are');
  }
}
