/** A number for each replica, by its index; grows when a new one is heard of. */
export class PerReplica {
  #values: Float64Array;
  readonly #initial: number;

  constructor(initial: number) {
    this.#initial = initial;
    this.#values = new Float64Array(16).fill(initial);
  }

  get(index: number): number {
    return index < this.#values.length ? this.#values[index]! : this.#initial;
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) {
      const grown = new Float64Array(2 * (index + 1)).fill(this.#initial);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[index] = value;
  }
}
