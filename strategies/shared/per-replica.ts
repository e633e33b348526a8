/**
 * A number for each replica, by its index; the initial one for a replica never heard of. Where a
 * pick deals with fractions it borrows the array: what a call that is not inlined returns would be
 * an object on the heap.
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

  get(index: number): number {
    return index < this.#values.length ? this.#values[index]! : this.#initial;
  }

  set(index: number, value: number): void {
    this.upTo(index)[index] = value;
  }

  add(index: number, amount: number): void {
    this.upTo(index)[index]! += amount;
  }

  #grow(replicas: number): void {
    const grown = new Float64Array(replicas).fill(this.#initial);
    grown.set(this.#values);
    this.#values = grown;
  }
}
