/**
 * A number for each replica, by its index. It lends the array rather than return a number: what a
 * call that is not inlined returns would be an object on the heap.
 */
export class PerReplica {
  #values: Float64Array;
  readonly #initial: number;

  constructor(initial: number) {
    this.#initial = initial;
    this.#values = new Float64Array(16).fill(initial);
  }

  /** Reaches up to this index at least; lent until the next call. */
  upTo(index: number): Float64Array {
    if (index >= this.#values.length) this.#grow(2 * (index + 1));
    return this.#values;
  }

  #grow(replicas: number): void {
    const grown = new Float64Array(replicas).fill(this.#initial);
    grown.set(this.#values);
    this.#values = grown;
  }
}
