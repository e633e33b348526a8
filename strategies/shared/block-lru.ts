const fewestSlots = 512;

/**
 * Hashes of the blocks that one replica is believed to hold; beyond the capacity those go that have
 * been unused longest. All blocks of a prompt are used when it is, the last one first, so that no
 * block is ever older than one that follows it: whoever has a block of a prompt has all before it,
 * as in the cache of vLLM, and a match is found by halving.
 *
 * One table with open addressing, at most half full, through which a ring goes from the newest to
 * the oldest; its head is a slot of its own behind the last. Looking for a hash mostly reads a
 * single cache line.
 */
export class BlockLru {
  readonly #capacity: number;
  #count = 0;
  /** NaN where nothing is. */
  #hashes: Float64Array;
  #usedUs: Float64Array;
  #newer: Int32Array;
  #older: Int32Array;
  #head: number;

  constructor(capacity: number) {
    this.#capacity = Math.max(1, Math.floor(capacity));
    this.#head = fewestSlots;
    this.#hashes = new Float64Array(fewestSlots).fill(Number.NaN);
    this.#usedUs = new Float64Array(fewestSlots);
    this.#newer = new Int32Array(fewestSlots + 1);
    this.#older = new Int32Array(fewestSlots + 1);
    this.#closeRing();
  }

  get size(): number {
    return this.#count;
  }

  /** How many of the first blocks are here, used at this time or later. */
  match(hashes: Float64Array, blocks: number, sinceUs: number): number {
    if (blocks === 0 || !this.#has(hashes[0]!, sinceUs)) return 0;
    let held = 1;
    let beyond = blocks + 1;
    while (beyond - held > 1) {
      const middle = (held + beyond) >>> 1;
      if (this.#has(hashes[middle - 1]!, sinceUs)) held = middle;
      else beyond = middle;
    }
    return held;
  }

  /** The first blocks of a prompt are used; of one longer than the capacity the end has no room. */
  insert(hashes: Float64Array, blocks: number, nowUs: number): void {
    for (let i = Math.min(blocks, this.#capacity) - 1; i >= 0; i--) this.#use(hashes[i]!, nowUs);
  }

  remove(hash: number): void {
    const slot = this.#slotOf(hash);
    if (this.#hashes[slot] !== hash) return;
    this.#unlink(slot);
    this.#count -= 1;
    this.#empty(slot);
  }

  clear(): void {
    this.#hashes.fill(Number.NaN);
    this.#count = 0;
    this.#closeRing();
  }

  #has(hash: number, sinceUs: number): boolean {
    const slot = this.#slotOf(hash);
    if (this.#hashes[slot] !== hash) return false;
    return sinceUs === Number.NEGATIVE_INFINITY || this.#usedUs[slot]! >= sinceUs;
  }

  #use(hash: number, nowUs: number): void {
    let slot = this.#slotOf(hash);
    if (this.#hashes[slot] === hash) {
      this.#unlink(slot);
    } else {
      if (this.#makeRoom()) slot = this.#slotOf(hash);
      this.#hashes[slot] = hash;
      this.#count += 1;
    }
    this.#usedUs[slot] = nowUs;
    this.#linkNewest(slot);
  }

  /** For one more; whether slots have moved. */
  #makeRoom(): boolean {
    if (this.#count === this.#capacity) {
      this.remove(this.#hashes[this.#newer[this.#head]!]!);
      return true;
    }
    if (2 * this.#count < this.#hashes.length) return false;
    this.#grow();
    return true;
  }

  /** Where a hash is, or the empty slot where it would be. */
  #slotOf(hash: number): number {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    let slot = home(hash) & last;
    for (;;) {
      const found = hashes[slot]!;
      if (found === hash || Number.isNaN(found)) return slot;
      slot = (slot + 1) & last;
    }
  }

  /** Those behind move up where they may, so that no search ends too early. */
  #empty(slot: number): void {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    let hole = slot;
    for (let next = (hole + 1) & last; ; next = (next + 1) & last) {
      const hash = hashes[next]!;
      if (Number.isNaN(hash)) break;
      if (((next - home(hash)) & last) < ((next - hole) & last)) continue;
      this.#move(next, hole);
      hole = next;
    }
    hashes[hole] = Number.NaN;
  }

  #move(from: number, to: number): void {
    this.#hashes[to] = this.#hashes[from]!;
    this.#usedUs[to] = this.#usedUs[from]!;
    const newer = this.#newer[from]!;
    const older = this.#older[from]!;
    this.#newer[to] = newer;
    this.#older[to] = older;
    this.#older[newer] = to;
    this.#newer[older] = to;
  }

  #linkNewest(slot: number): void {
    const head = this.#head;
    const newest = this.#older[head]!;
    this.#older[slot] = newest;
    this.#newer[slot] = head;
    this.#newer[newest] = slot;
    this.#older[head] = slot;
  }

  #unlink(slot: number): void {
    const newer = this.#newer[slot]!;
    const older = this.#older[slot]!;
    this.#older[newer] = older;
    this.#newer[older] = newer;
  }

  #closeRing(): void {
    this.#newer[this.#head] = this.#head;
    this.#older[this.#head] = this.#head;
  }

  #grow(): void {
    const [hashes, usedUs, newer, head] = [this.#hashes, this.#usedUs, this.#newer, this.#head];
    this.#head = 2 * head;
    this.#hashes = new Float64Array(this.#head).fill(Number.NaN);
    this.#usedUs = new Float64Array(this.#head);
    this.#newer = new Int32Array(this.#head + 1);
    this.#older = new Int32Array(this.#head + 1);
    this.#closeRing();
    for (let old = newer[head]!; old !== head; old = newer[old]!) {
      const slot = this.#slotOf(hashes[old]!);
      this.#hashes[slot] = hashes[old]!;
      this.#usedUs[slot] = usedUs[old]!;
      this.#linkNewest(slot);
    }
  }
}

/** Hashes of 53 bits, all of which count. */
function home(hash: number): number {
  const mixed = Math.imul((hash | 0) ^ Math.imul((hash * 2 ** -32) | 0, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
