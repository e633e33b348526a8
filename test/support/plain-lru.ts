interface Block {
  readonly usedUs: number;
  /** How many blocks it counts for. */
  readonly weight: number;
}

/** The blocks of one replica by a list in the order of use, walked from its beginning. */
export class PlainLru {
  readonly #held = new Map<number, Block>();
  readonly #capacity: number;
  readonly #stride: number;
  #nameless = 0;

  constructor(capacity: number, stride = 1) {
    this.#capacity = capacity;
    this.#stride = stride;
  }

  get size(): number {
    return [...this.#held.values()].reduce((sum, { weight }) => sum + weight, 0);
  }

  insert(hashes: Float64Array, usedUs: number): void {
    const kept = this.#kept(hashes.slice(0, this.#capacity)).reverse();
    const known = kept.filter(({ hash }) => this.#held.has(hash));
    // What is used again does not go to make room for the rest.
    for (const { hash, weight } of known) this.#use(hash, { usedUs, weight });
    const fresh = kept.filter(({ hash }) => !this.#held.has(hash));
    this.#makeRoom(fresh.reduce((sum, { weight }) => sum + weight, 0));
    for (const { hash, weight } of kept) this.#use(hash, { usedUs, weight });
  }

  occupy(blocks: number, usedUs: number): void {
    const taken = Math.min(blocks, this.#capacity);
    this.#makeRoom(taken);
    for (let left = taken; left > 0; left -= 32) {
      this.#nameless -= 1;
      this.#use(this.#nameless, { usedUs, weight: Math.min(left, 32) });
    }
  }

  match(hashes: Float64Array, sinceUs: number): number {
    let held = 0;
    for (const { hash, weight } of this.#kept(hashes)) {
      if (!((this.#held.get(hash)?.usedUs ?? Number.NaN) >= sinceUs)) break;
      held += weight;
    }
    return held;
  }

  clear(): void {
    this.#held.clear();
  }

  /** Of the first 32 all, then the last of each stride. */
  #kept(hashes: Float64Array): { hash: number; weight: number }[] {
    return [...hashes].flatMap((hash, i) => {
      if (i < 32) return { hash, weight: 1 };
      return (i - 31) % this.#stride === 0 ? { hash, weight: this.#stride } : [];
    });
  }

  #makeRoom(blocks: number): void {
    while (this.size + blocks > this.#capacity) this.#held.delete(this.#held.keys().next().value!);
  }

  #use(hash: number, block: Block): void {
    this.#held.delete(hash);
    this.#held.set(hash, block);
  }
}
