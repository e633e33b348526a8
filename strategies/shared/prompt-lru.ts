import { HashTable } from './hash-table.ts';
import { UseOrder } from './use-order.ts';

const fewestRuns = 64;
const fewestHashes = 1_024;
/** So many blocks of a prompt are all kept, and of the others one in a stride. */
const closeBlocks = 32;
/** Blocks of an answer that go together. */
const mostAtOnce = 32;
/** In place of where a run begins: nothing is there, or no prompt begins with it. */
const unused = -1;
const nameless = -2;

/**
 * The prompts that one replica is believed to hold; beyond the capacity those blocks go that have
 * been unused longest, of one prompt the last ones first. A hash stands for all tokens before it,
 * so what prompts have in common is their beginning, and they are kept as runs: what follows the
 * beginning that was known before. A new prompt is one run, however long; a beginning that is used
 * without the rest becomes a run of its own. A use costs as many looks into the table as a prompt
 * has runs, where one for each block would cost dozens.
 *
 *     run     from, to │ place of its hashes │ time of its last use
 *     table   hash of a run's first block → run
 *     hashes  of all runs, one after the other; what was dropped stays until the list is full
 *
 * Of long prompts most blocks can be left out, because a few hundred tokens more or less of a match
 * decide nothing: a block kept counts for those before. Runs are measured in blocks kept.
 */
export class PromptLru {
  readonly #capacity: number;
  readonly #stride: number;
  #blocks = 0;
  #from = new Int32Array(fewestRuns).fill(unused);
  #to = new Int32Array(fewestRuns);
  #place = new Int32Array(fewestRuns);
  #usedUs = new Float64Array(fewestRuns);
  #runs = 0;
  readonly #free: number[] = [];
  readonly #order = new UseOrder();
  readonly #table = new HashTable();
  #hashes = new Float64Array(fewestHashes);
  #written = 0;
  #kept = 0;

  constructor({ capacity, stride }: { capacity: number; stride: number }) {
    this.#capacity = Math.max(stride, Math.floor(capacity));
    this.#stride = stride;
  }

  get size(): number {
    return this.#blocks;
  }

  /** How many of the first blocks are here, used at this time or later. */
  match(hashes: Float64Array, blocks: number, sinceUs: number): number {
    const kept = this.#keptOf(blocks);
    let held = 0;
    while (held < kept) {
      const run = this.#runAt(hashes, held);
      if (run < 0 || this.#from[run] !== held || this.#usedUs[run]! < sinceUs) break;
      held = this.#common(run, hashes, kept);
      if (held < this.#to[run]!) break;
    }
    return this.#end(held);
  }

  /** The first blocks of a prompt are used; of one longer than the capacity the end has no room. */
  insert(hashes: Float64Array, blocks: number, nowUs: number): void {
    const kept = this.#keptOf(Math.min(blocks, this.#capacity));
    let before = 0;
    let held = 0;
    while (held < kept) {
      let run = this.#runAt(hashes, held);
      if (run < 0) {
        run = this.#addPrompt(hashes, held, kept);
      } else {
        // Another prompt has the same hash by chance.
        if (this.#from[run] !== held) return;
        const common = this.#common(run, hashes, kept);
        if (common < this.#to[run]!) run = this.#split(run, common);
        else this.#order.remove(run);
      }
      if (held === 0) this.#order.add(run);
      else this.#order.addBelow(run, before);
      this.#usedUs[run] = nowUs;
      before = run;
      held = this.#to[run]!;
    }
  }

  /** So many blocks are taken by what no prompt begins with, such as an answer. */
  occupy(blocks: number, nowUs: number): void {
    const taken = Math.min(blocks, this.#capacity);
    this.#makeRoom(taken);
    const run = this.#newRun(nameless, taken);
    this.#usedUs[run] = nowUs;
    this.#order.add(run);
    this.#blocks += taken;
  }

  clear(): void {
    while (this.#blocks > 0) this.#dropOldest();
    this.#written = 0;
  }

  /** The run that follows so many kept blocks; -1 for none. */
  #runAt(hashes: Float64Array, held: number): number {
    const slot = this.#table.slotOf(hashes, this.#end(held + 1) - 1);
    return slot < 0 ? slot : this.#table.values[slot]! | 0;
  }

  /** A run for what follows the beginning that is held, not in order yet. */
  #addPrompt(hashes: Float64Array, held: number, kept: number): number {
    const blocks = this.#end(kept) - this.#end(held);
    this.#makeRoom(blocks);
    this.#blocks += blocks;
    const length = kept - held;
    if (this.#written + length > this.#hashes.length) this.#tidyHashes(length);
    const run = this.#newRun(held, kept);
    this.#place[run] = this.#written;
    for (let nth = held + 1; nth <= kept; nth++) {
      this.#hashes[this.#written] = hashes[this.#end(nth) - 1]!;
      this.#written += 1;
    }
    this.#kept += length;
    this.#table.set(this.#hashes, this.#place[run]!, run);
    return run;
  }

  /** What comes before `at` becomes a run, not in order yet; what is left stays as old as it is. */
  #split(run: number, at: number): number {
    const from = this.#from[run]!;
    const place = this.#place[run]!;
    const upper = this.#newRun(from, at);
    this.#place[upper] = place;
    this.#table.set(this.#hashes, place, upper);
    this.#from[run] = at;
    this.#place[run] = place + at - from;
    this.#table.set(this.#hashes, this.#place[run]!, run);
    return upper;
  }

  #newRun(from: number, to: number): number {
    const run = this.#free.pop() ?? this.#runs++;
    if (run === this.#from.length) this.#takeMoreRuns();
    this.#from[run] = from;
    this.#to[run] = to;
    return run;
  }

  #makeRoom(blocks: number): void {
    while (this.#blocks + blocks > this.#capacity) this.#dropOldest();
  }

  /** The last block of the run that has been unused longest. */
  #dropOldest(): void {
    const run = this.#order.oldest;
    const to = this.#to[run]!;
    if (this.#from[run] === nameless) {
      const gone = Math.min(mostAtOnce, to);
      this.#blocks -= gone;
      this.#to[run] = to - gone;
      if (to === gone) this.#forget(run);
      return;
    }
    this.#blocks -= this.#end(to) - this.#end(to - 1);
    this.#to[run] = to - 1;
    this.#kept -= 1;
    if (to - 1 > this.#from[run]!) return;
    this.#table.remove(this.#hashes, this.#place[run]!);
    this.#forget(run);
  }

  #forget(run: number): void {
    this.#order.remove(run);
    this.#from[run] = unused;
    this.#free.push(run);
  }

  /** Where a prompt that begins as a run does leaves it. */
  #common(run: number, hashes: Float64Array, kept: number): number {
    const offset = this.#place[run]! - this.#from[run]! - 1;
    let beyond = Math.min(kept, this.#to[run]!) + 1;
    let common = this.#from[run]! + 1;
    if (this.#hashes[offset + beyond - 1] === hashes[this.#end(beyond - 1) - 1]) return beyond - 1;
    while (beyond - common > 1) {
      const middle = (common + beyond) >>> 1;
      if (this.#hashes[offset + middle] === hashes[this.#end(middle) - 1]) common = middle;
      else beyond = middle;
    }
    return common;
  }

  /** How many of the first blocks of a prompt are kept. */
  #keptOf(blocks: number): number {
    const far = blocks - closeBlocks;
    return far > 0 ? closeBlocks + Math.floor(far / this.#stride) : blocks;
  }

  /** Where the last of so many kept blocks ends, counted in blocks. */
  #end(kept: number): number {
    const far = kept - closeBlocks;
    return far > 0 ? closeBlocks + far * this.#stride : kept;
  }

  /** Leaves out what was dropped, and takes more room if that is not half of it. */
  #tidyHashes(more: number): void {
    const old = this.#hashes;
    const needed = this.#kept + more;
    let { length } = old;
    while (2 * needed > length) length *= 2;
    const hashes = new Float64Array(length);
    let written = 0;
    for (let run = 0; run < this.#runs; run++) {
      const from = this.#from[run]!;
      if (from < 0) continue;
      const place = this.#place[run]!;
      this.#place[run] = written;
      for (let i = 0; i < this.#to[run]! - from; i++) hashes[written++] = old[place + i]!;
    }
    this.#hashes = hashes;
    this.#written = written;
  }

  #takeMoreRuns(): void {
    const length = 2 * this.#from.length;
    this.#from = grown(this.#from, new Int32Array(length).fill(unused));
    this.#to = grown(this.#to, new Int32Array(length));
    this.#place = grown(this.#place, new Int32Array(length));
    this.#usedUs = grown(this.#usedUs, new Float64Array(length));
  }
}

function grown<List extends Int32Array | Float64Array>(old: List, larger: List): List {
  larger.set(old);
  return larger;
}
