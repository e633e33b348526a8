const fewestSlots = 512;
/** So many blocks of a prompt are all kept, and of the others one in a stride. */
const closeBlocks = 32;
/** What a turn is more than the one before; what it is more than a multiple is the weight. */
const turnStep = 64;
/** Blocks of an answer that come and go together. */
const mostAtOnce = 32;

/**
 * Hashes of the blocks that one replica is believed to hold; beyond the capacity those go that have
 * been unused longest. All blocks of a prompt are used when it is, the last one first, so that no
 * block is ever older than one that follows it: whoever has a block of a prompt has all before it,
 * as in the cache of vLLM, and a match is found by halving.
 *
 *     table   hash, turn, time │ hash, turn, time │ …      open addressing, at most half full
 *     queue   hash, turn │ hash, turn │ …                  every use, oldest first
 *
 * Who is next to go is the first in the queue whose turn is still that in the table; the others
 * have been used again. So a use costs one look into the table, and reads and writes in a row else:
 * a list through the table would cost five. Of long prompts most blocks can be left out, because a
 * few hundred tokens more or less of a match decide nothing: a block kept counts for those before.
 */
export class BlockLru {
  readonly #capacity: number;
  readonly #stride: number;
  /** Slots in use, and the blocks that they count for. */
  #count = 0;
  #blocks = 0;
  #turn = 0;
  /** NaN for the hash where nothing is. */
  #table = new Float64Array(3 * fewestSlots).fill(Number.NaN);
  #lastSlot = fewestSlots - 1;
  /** A ring, a power of two of uses long. */
  #queue = new Float64Array(2 * fewestSlots);
  #first = 0;
  #queued = 0;
  /** Names for what has none: hashes are never negative. */
  readonly #nameless = new Float64Array(1);

  constructor({ capacity, stride = 1 }: { capacity: number; stride?: number }) {
    this.#capacity = Math.max(stride, Math.floor(capacity));
    this.#stride = stride;
  }

  get size(): number {
    return this.#blocks;
  }

  /** How many of the first blocks are here, used at this time or later. */
  match(hashes: Float64Array, blocks: number, sinceUs: number): number {
    if (blocks === 0 || !this.#has(hashes, 0, sinceUs)) return 0;
    let held = 1;
    let beyond = this.#kept(blocks) + 1;
    while (beyond - held > 1) {
      const middle = (held + beyond) >>> 1;
      if (this.#has(hashes, this.#end(middle) - 1, sinceUs)) held = middle;
      else beyond = middle;
    }
    return this.#end(held);
  }

  /** The first blocks of a prompt are used; of one longer than the capacity the end has no room. */
  insert(hashes: Float64Array, blocks: number, nowUs: number): void {
    for (let nth = this.#kept(Math.min(blocks, this.#capacity)); nth > 0; nth--) {
      this.#use(hashes, this.#end(nth) - 1, nth > closeBlocks ? this.#stride : 1, nowUs);
    }
  }

  /** So many blocks are taken by what no prompt begins with, such as an answer. */
  occupy(blocks: number, nowUs: number): void {
    let left = Math.min(blocks, this.#capacity);
    while (left > 0) {
      const weight = Math.min(left, mostAtOnce);
      this.#nameless[0]! -= 1;
      this.#use(this.#nameless, 0, weight, nowUs);
      left -= weight;
    }
  }

  /** Takes out one of some hashes, if it is here. */
  remove(hashes: Float64Array, i: number): void {
    const at = this.#find(hashes, i);
    if (this.#table[at] !== hashes[i]) return;
    this.#count -= 1;
    this.#blocks -= this.#table[at + 1]! % turnStep;
    this.#empty(at / 3);
  }

  clear(): void {
    this.#table.fill(Number.NaN);
    this.#count = 0;
    this.#blocks = 0;
    this.#queued = 0;
  }

  #use(hashes: Float64Array, i: number, weight: number, nowUs: number): void {
    let at = this.#find(hashes, i);
    if (this.#table[at] !== hashes[i]) {
      if (this.#makeRoom(weight)) at = this.#find(hashes, i);
      this.#table[at] = hashes[i]!;
      this.#count += 1;
      this.#blocks += weight;
    }
    this.#turn += turnStep;
    this.#table[at + 1] = this.#turn + weight;
    this.#table[at + 2] = nowUs;
    if (2 * this.#queued === this.#queue.length) this.#tidyQueue();
    const end = this.#placeInQueue(this.#queued);
    this.#queue[end] = hashes[i]!;
    this.#queue[end + 1] = this.#turn + weight;
    this.#queued += 1;
  }

  #has(hashes: Float64Array, i: number, sinceUs: number): boolean {
    const at = this.#find(hashes, i);
    return this.#table[at] === hashes[i] && this.#table[at + 2]! >= sinceUs;
  }

  /**
   * Where in the table a hash is, or the empty slot where it would be. It is named by its place in
   * a list, because numbers that are passed on may have to be put in boxes.
   */
  #find(hashes: Float64Array, i: number): number {
    const hash = hashes[i]!;
    const table = this.#table;
    const last = this.#lastSlot;
    let slot = home(hash) & last;
    for (;;) {
      const found = table[3 * slot]!;
      if (found === hash || Number.isNaN(found)) return 3 * slot;
      slot = (slot + 1) & last;
    }
  }

  /** For so many blocks; whether slots have moved. */
  #makeRoom(weight: number): boolean {
    const isFull = this.#blocks + weight > this.#capacity;
    while (this.#blocks + weight > this.#capacity) this.#dropOldest();
    if (2 * this.#count <= this.#lastSlot) return isFull;
    this.#grow();
    return true;
  }

  /** How many of the first blocks of a prompt are kept. */
  #kept(blocks: number): number {
    const far = blocks - closeBlocks;
    return far > 0 ? closeBlocks + Math.floor(far / this.#stride) : blocks;
  }

  /** Where the last of so many kept blocks ends, counted in blocks. */
  #end(kept: number): number {
    const far = kept - closeBlocks;
    return far > 0 ? closeBlocks + far * this.#stride : kept;
  }

  #dropOldest(): void {
    for (;;) {
      const place = this.#placeInQueue(0);
      this.#first += 1;
      this.#queued -= 1;
      if (!this.#isLatest(place)) continue;
      this.remove(this.#queue, place);
      return;
    }
  }

  #placeInQueue(behindFirst: number): number {
    return (2 * (this.#first + behindFirst)) & (this.#queue.length - 1);
  }

  /** Whether the block is still here and has not been used again. */
  #isLatest(place: number): boolean {
    const at = this.#find(this.#queue, place);
    return this.#table[at] === this.#queue[place] && this.#table[at + 1] === this.#queue[place + 1];
  }

  /** Leaves out uses that others have followed; if that is not half of them, takes more room. */
  #tidyQueue(): void {
    const old = this.#queue;
    const queue = new Float64Array(4 * this.#count > old.length ? 2 * old.length : old.length);
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

  /** Those behind move up where they may, so that no search ends too early. */
  #empty(slot: number): void {
    const table = this.#table;
    const last = this.#lastSlot;
    let hole = slot;
    for (let next = (hole + 1) & last; ; next = (next + 1) & last) {
      const hash = table[3 * next]!;
      if (Number.isNaN(hash)) break;
      if (((next - home(hash)) & last) < ((next - hole) & last)) continue;
      table[3 * hole] = hash;
      table[3 * hole + 1] = table[3 * next + 1]!;
      table[3 * hole + 2] = table[3 * next + 2]!;
      hole = next;
    }
    table[3 * hole] = Number.NaN;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Float64Array(2 * old.length).fill(Number.NaN);
    this.#lastSlot = 2 * this.#lastSlot + 1;
    for (let from = 0; from < old.length; from += 3) {
      if (Number.isNaN(old[from]!)) continue;
      const to = this.#find(old, from);
      this.#table[to] = old[from]!;
      this.#table[to + 1] = old[from + 1]!;
      this.#table[to + 2] = old[from + 2]!;
    }
  }
}

/** Hashes of 53 bits, all of which count. */
function home(hash: number): number {
  const mixed = Math.imul((hash | 0) ^ Math.imul((hash * 2 ** -32) | 0, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
