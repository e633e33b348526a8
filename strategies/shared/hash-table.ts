const fewestSlots = 128;

/**
 * Numbers by hashes of 53 bits; open addressing, at most half full. A hash is named by its place in
 * a list and a value by its slot, because numbers that are passed on may have to be put in boxes.
 */
export class HashTable {
  /** NaN where nothing is. */
  #hashes = new Float64Array(fewestSlots).fill(Number.NaN);
  #values = new Float64Array(fewestSlots);
  #last = fewestSlots - 1;
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** By slot; lent until the next call that sets one. */
  get values(): Float64Array {
    return this.#values;
  }

  /** The slot of a hash; -1 for one that is not here. */
  slotOf(hashes: Float64Array, i: number): number {
    const slot = this.#find(hashes, i);
    return Number.isNaN(this.#hashes[slot]) ? -1 : slot;
  }

  set(hashes: Float64Array, i: number, value: number): void {
    let slot = this.#find(hashes, i);
    if (Number.isNaN(this.#hashes[slot])) {
      if (2 * this.#count > this.#last) {
        this.#grow();
        slot = this.#find(hashes, i);
      }
      this.#hashes[slot] = hashes[i]!;
      this.#count += 1;
    }
    this.#values[slot] = value;
  }

  /** Those behind move up where they may, so that no search ends too early. */
  remove(hashes: Float64Array, i: number): void {
    const own = this.#hashes;
    const last = this.#last;
    let hole = this.#find(hashes, i);
    if (Number.isNaN(own[hole])) return;
    this.#count -= 1;
    for (let next = (hole + 1) & last; ; next = (next + 1) & last) {
      const hash = own[next]!;
      if (Number.isNaN(hash)) break;
      if (((next - home(hash)) & last) < ((next - hole) & last)) continue;
      own[hole] = hash;
      this.#values[hole] = this.#values[next]!;
      hole = next;
    }
    own[hole] = Number.NaN;
  }

  clear(): void {
    this.#hashes.fill(Number.NaN);
    this.#count = 0;
  }

  /** Where a hash is, or the empty slot where it would be. */
  #find(hashes: Float64Array, i: number): number {
    const hash = hashes[i]!;
    const own = this.#hashes;
    const last = this.#last;
    let slot = home(hash) & last;
    for (;;) {
      const found = own[slot]!;
      if (found === hash || Number.isNaN(found)) return slot;
      slot = (slot + 1) & last;
    }
  }

  #grow(): void {
    const [hashes, values] = [this.#hashes, this.#values];
    this.#hashes = new Float64Array(2 * hashes.length).fill(Number.NaN);
    this.#values = new Float64Array(2 * hashes.length);
    this.#last = 2 * hashes.length - 1;
    for (let from = 0; from < hashes.length; from++) {
      if (Number.isNaN(hashes[from])) continue;
      const to = this.#find(hashes, from);
      this.#hashes[to] = hashes[from]!;
      this.#values[to] = values[from]!;
    }
  }
}

/** Where a hash is looked for first; all of its bits count. */
function home(hash: number): number {
  const mixed = Math.imul((hash | 0) ^ Math.imul((hash * 2 ** -32) | 0, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
