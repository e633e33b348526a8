/** One quantile of the last so many values, which are kept in order. */
export class SlidingQuantile {
  readonly #inTime: Float64Array;
  readonly #ascending: Float64Array;
  readonly #q: number;
  #added = 0;

  constructor(size: number, q: number) {
    this.#q = q;
    this.#inTime = new Float64Array(size);
    this.#ascending = new Float64Array(size);
  }

  /** Values it has ever been given. */
  get added(): number {
    return this.#added;
  }

  /** The value is the first of these. It takes the place of the oldest and moves to its own. */
  add(values: Float64Array): void {
    const value = values[0]!;
    const ascending = this.#ascending;
    const size = ascending.length;
    const at = this.#added % size;
    const last = Math.min(this.#added, size - 1);
    let place = last;
    if (this.#added >= size) {
      const oldest = this.#inTime[at]!;
      while (place > 0 && ascending[place]! > oldest) place -= 1;
    }
    for (; place > 0 && ascending[place - 1]! > value; place--) {
      ascending[place] = ascending[place - 1]!;
    }
    for (; place < last && ascending[place + 1]! < value; place++) {
      ascending[place] = ascending[place + 1]!;
    }
    ascending[place] = value;
    this.#inTime[at] = value;
    this.#added += 1;
  }

  /** The nearest rank; infinity as long as there is nothing. */
  write(values: Float64Array, at: number): void {
    const length = Math.min(this.#added, this.#ascending.length);
    const rank = Math.min(length - 1, Math.floor(this.#q * length));
    values[at] = length === 0 ? Number.POSITIVE_INFINITY : this.#ascending[rank]!;
  }
}
