/** The last few samples of each replica, each with a tag, such as when it was taken. */
export class RecentSamples {
  readonly #size: number;
  #values = new Float64Array(0);
  #tags = new Float64Array(0);
  /** Samples ever taken, by replica. */
  #taken = new Uint32Array(0);

  constructor(size: number) {
    this.#size = size;
  }

  add(index: number, value: number, tag: number): void {
    if (index >= this.#taken.length) this.#grow(2 * (index + 1));
    const at = index * this.#size + (this.#taken[index]! % this.#size);
    this.#values[at] = value;
    this.#tags[at] = tag;
    this.#taken[index]! += 1;
  }

  clear(index: number): void {
    if (index < this.#taken.length) this.#taken[index] = 0;
  }

  count(index: number): number {
    return index < this.#taken.length ? Math.min(this.#size, this.#taken[index]!) : 0;
  }

  /** Lent until a replica is new; `place` says where in it. */
  get values(): Float64Array {
    return this.#values;
  }

  get tags(): Float64Array {
    return this.#tags;
  }

  /** Where a sample is; the newest is of age 0. */
  place(index: number, age: number): number {
    return index * this.#size + ((this.#taken[index]! - 1 - age) % this.#size);
  }

  #grow(replicas: number): void {
    const [values, tags, taken] = [this.#values, this.#tags, this.#taken];
    this.#values = new Float64Array(replicas * this.#size);
    this.#values.set(values);
    this.#tags = new Float64Array(replicas * this.#size);
    this.#tags.set(tags);
    this.#taken = new Uint32Array(replicas);
    this.#taken.set(taken);
  }
}
