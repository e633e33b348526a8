import { HashTable } from './hash-table.ts';

const fewestUses = 512;

/**
 * Hashes of the blocks that one replica has told that it holds, in whatever order; beyond the
 * capacity those go that have been unused longest. All blocks of a prompt are used when it is, the
 * last one first, so that no block is ever older than one that follows it: whoever has a block of a
 * prompt has all before it, as in the cache of vLLM, and a match is found by halving.
 *
 *     table   hash → turn of its last use
 *     queue   hash, turn │ hash, turn │ …      every use, oldest first
 *
 * Who is next to go is the first in the queue whose turn is still that in the table; the others
 * have been used again. So a use costs one look into the table, and reads and writes in a row else:
 * a list through the table would cost five.
 */
export class BlockLru {
  readonly #capacity: number;
  readonly #table = new HashTable();
  #turn = 0;
  /** A ring, a power of two of uses long. */
  #queue = new Float64Array(2 * fewestUses);
  #first = 0;
  #queued = 0;

  constructor(capacity: number) {
    this.#capacity = Math.max(1, Math.floor(capacity));
  }

  get size(): number {
    return this.#table.size;
  }

  /** How many of the first blocks are here. */
  match(hashes: Float64Array): number {
    if (hashes.length === 0 || !this.#has(hashes, 0)) return 0;
    let held = 1;
    let beyond = hashes.length + 1;
    while (beyond - held > 1) {
      const middle = (held + beyond) >>> 1;
      if (this.#has(hashes, middle - 1)) held = middle;
      else beyond = middle;
    }
    return held;
  }

  /** The first blocks of a prompt are used; of one longer than the capacity the end has no room. */
  insert(hashes: Float64Array): void {
    for (let i = Math.min(hashes.length, this.#capacity) - 1; i >= 0; i--) this.#use(hashes, i);
  }

  /** Those of them that are here are not any more. */
  remove(hashes: Float64Array): void {
    for (let i = 0; i < hashes.length; i++) this.#table.remove(hashes, i);
  }

  clear(): void {
    this.#table.clear();
    this.#queued = 0;
  }

  #use(hashes: Float64Array, i: number): void {
    const isFull = this.#table.size === this.#capacity;
    if (isFull && !this.#has(hashes, i)) this.#dropOldest();
    this.#turn += 1;
    this.#table.set(hashes, i, this.#turn);
    if (2 * this.#queued === this.#queue.length) this.#tidyQueue();
    const end = this.#placeInQueue(this.#queued);
    this.#queue[end] = hashes[i]!;
    this.#queue[end + 1] = this.#turn;
    this.#queued += 1;
  }

  #has(hashes: Float64Array, i: number): boolean {
    return this.#table.slotOf(hashes, i) >= 0;
  }

  #dropOldest(): void {
    for (;;) {
      const place = this.#placeInQueue(0);
      this.#first += 1;
      this.#queued -= 1;
      if (!this.#isLatest(place)) continue;
      this.#table.remove(this.#queue, place);
      return;
    }
  }

  #placeInQueue(behindFirst: number): number {
    return (2 * (this.#first + behindFirst)) & (this.#queue.length - 1);
  }

  /** Whether the block is still here and has not been used again. */
  #isLatest(place: number): boolean {
    const slot = this.#table.slotOf(this.#queue, place);
    return slot >= 0 && this.#table.values[slot] === this.#queue[place + 1];
  }

  /** Leaves out uses that others have followed; if that is not half of them, takes more room. */
  #tidyQueue(): void {
    const old = this.#queue;
    const queue = new Float64Array(4 * this.#table.size > old.length ? 2 * old.length : old.length);
    let kept = 0;
    for (let i = 0; i < this.#queued; i++) {
      const place = this.#placeInQueue(i);
      if (!this.#isLatest(place)) continue;
      queue[2 * kept] = old[place]!;
      queue[2 * kept + 1] = old[place + 1]!;
      kept += 1;
    }
    this.#queue = queue;
    this.#first = 0;
    this.#queued = kept;
  }
}
