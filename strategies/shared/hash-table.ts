const fewestSlots = 128;

/**
 * Numbers that are not negative by hashes of 53 bits; open addressing, at most half full. A hash is
 * named by its place in a list, because numbers that are passed on may have to be put in boxes.
 */
export class HashTable {
  /** hash, value │ hash, value │ …, and NaN for the hash where nothing is. */
  #slots = new Float64Array(2 * fewestSlots).fill(Number.NaN);
  #last = fewestSlots - 1;
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** -1 for a hash that is not here. */
  get(hashes: Float64Array, i: number): number {
    const at = 2 * this.#find(hashes, i);
    return Number.isNaN(this.#slots[at]) ? -1 : this.#slots[at + 1]!;
  }

  set(hashes: Float64Array, i: number, value: number): void {
    let at = 2 * this.#find(hashes, i);
    if (Number.isNaN(this.#slots[at])) {
      if (2 * this.#count > this.#last) {
        this.#grow();
        at = 2 * this.#find(hashes, i);
      }
      this.#slots[at] = hashes[i]!;
      this.#count += 1;
    }
    this.#slots[at + 1] = value;
  }

  /** Those behind move up where they may, so that no search ends too early. */
  remove(hashes: Float64Array, i: number): void {
    const slots = this.#slots;
    const last = this.#last;
    let hole = this.#find(hashes, i);
    if (Number.isNaN(slots[2 * hole])) return;
    this.#count -= 1;
    for (let next = (hole + 1) & last; ; next = (next + 1) & last) {
      const hash = slots[2 * next]!;
      if (Number.isNaN(hash)) break;
      if (((next - home(hash)) & last) < ((next - hole) & last)) continue;
      slots[2 * hole] = hash;
      slots[2 * hole + 1] = slots[2 * next + 1]!;
      hole = next;
    }
    slots[2 * hole] = Number.NaN;
  }

  clear(): void {
    this.#slots.fill(Number.NaN);
    this.#count = 0;
  }

  /** Where a hash is, or the empty slot where it would be. */
  #find(hashes: Float64Array, i: number): number {
    const hash = hashes[i]!;
    const slots = this.#slots;
    const last = this.#last;
    let slot = home(hash) & last;
    for (;;) {
      const found = slots[2 * slot]!;
      if (found === hash || Number.isNaN(found)) return slot;
      slot = (slot + 1) & last;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(2 * old.length).fill(Number.NaN);
    this.#last = old.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (Number.isNaN(old[from])) continue;
      const to = 2 * this.#find(old, from);
      this.#slots[to] = old[from]!;
      this.#slots[to + 1] = old[from + 1]!;
    }
  }
}

/** Where a hash is looked for first; all of its bits count. */
function home(hash: number): number {
  const mixed = Math.imul((hash | 0) ^ Math.imul((hash * 2 ** -32) | 0, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
