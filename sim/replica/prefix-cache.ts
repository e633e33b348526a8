import { assert } from '../../core/assert.ts';
import { emptyList } from '../../core/empty-list.ts';
import { AnswersInProgress } from './answers-in-progress.ts';
import { BlockRun } from './block-run.ts';
import type { EngineConfig } from './engine-config.ts';
import { FreeBlocks } from './free-blocks.ts';
import { HeldBlocks } from './held-blocks.ts';
import type { BlockListener, CachedPrefix, KvCache } from './kv-cache.ts';
import { RunIndex } from './run-index.ts';
import type { Segment } from './segment.ts';
import type { Sequence } from './sequence.ts';
import { ToldBlocks } from './told-blocks.ts';

/**
 * The KV cache of vLLM V1 with prefix caching (`vllm/v1/core/block_pool.py`). A full block is known
 * by its hash from the moment it is scheduled, and stays so after its sequence is gone, until it is
 * taken for something else; the block that has been free longest goes first, and of a sequence the
 * last block.
 *
 * Blocks are kept in runs, because most of them are touched together all their life. A block inside
 * a run is always the oldest with its content, and so is the one before it; a block of which that
 * cannot be said begins a run.
 */
export class PrefixCache implements KvCache {
  readonly #blockSize: number;
  readonly #capacity: number;
  readonly #freeUnhashedToFront: boolean;
  readonly #free: FreeBlocks;
  readonly #told: ToldBlocks | undefined;
  readonly #index: RunIndex;
  readonly #answers: AnswersInProgress;
  /** The runs that the last lookup found, and how many blocks of each. */
  readonly #found: BlockRun[] = [];
  readonly #foundBlocks: number[] = [];
  readonly #prefix = { tokens: 0, blocksInUse: 0 };

  constructor(config: EngineConfig, listener?: BlockListener) {
    const { asyncScheduling, blockSize, freeUnhashedToFront, usableBlocks } = config;
    this.#blockSize = blockSize;
    this.#capacity = usableBlocks;
    this.#freeUnhashedToFront = freeUnhashedToFront;
    if (listener !== undefined) this.#told = new ToldBlocks(blockSize, listener);
    this.#index = new RunIndex(config);
    const forget = (run: BlockRun) => {
      if (run.segment !== undefined) this.#index.remove(run);
    };
    this.#free = new FreeBlocks(usableBlocks, forget, this.#told);
    this.#answers = new AnswersInProgress({
      blockSize,
      depth: asyncScheduling ? 2 : 1,
      register: (sequence, tokens) => this.register(sequence, tokens),
    });
  }

  get free(): number {
    return this.#free.count;
  }

  get used(): number {
    return this.#capacity - this.#free.count;
  }

  lookup(sequence: Sequence, step: number): CachedPrefix {
    this.#answers.catchUp(sequence, step, Number.POSITIVE_INFINITY);
    const found = this.#found;
    emptyList(found);
    // The last token is computed even if it is cached, or there would be nothing to sample from.
    const limit = Math.floor((sequence.tokens - 1) / this.#blockSize);
    sequence.held ??= new HeldBlocks(sequence);
    let segment = sequence.held.content;
    let blocks = 0;
    let blocksInUse = 0;
    while (blocks < limit) {
      const position = (blocks + 1) * this.#blockSize;
      while (segment.end < position) segment = segment.next!;
      const run = this.#index.find(segment, position);
      if (run === undefined) break;
      const end = this.#agreement(run, segment, limit);
      if (run.users > 0) blocksInUse += end - blocks;
      this.#foundBlocks[found.length] = end - blocks;
      found.push(run);
      blocks = end;
    }
    this.#prefix.tokens = blocks * this.#blockSize;
    this.#prefix.blocksInUse = blocksInUse;
    return this.#prefix;
  }

  takeCached(sequence: Sequence): void {
    const held = sequence.held!;
    const found = this.#found;
    for (let i = 0; i < found.length; i++) {
      const run = found[i]!;
      if (this.#foundBlocks[i]! < run.length) this.#split(run, this.#foundBlocks[i]!);
      if (run.users === 0) this.#free.remove(run);
      run.users += 1;
      held.runs.push(run);
      held.registered += run.length;
    }
  }

  grow(sequence: Sequence, tokens: number, step: number): void {
    const computed = sequence.computed + tokens;
    const held = Math.ceil(sequence.computed / this.#blockSize);
    this.#free.take(Math.ceil(computed / this.#blockSize) - held);
    // Whoever runs ahead of it has been scheduled in this step already.
    this.#answers.catchUp(sequence, step, sequence.admissionNumber);
    this.register(sequence, Math.min(computed, sequence.tokens));
  }

  growBatch(blocks: number): void {
    this.#free.take(blocks);
  }

  joined(sequence: Sequence): void {
    this.#answers.add(sequence);
  }

  left(sequence: Sequence, last: number, scheduled: number): void {
    this.#answers.remove(sequence, last, scheduled);
  }

  register(sequence: Sequence, tokens: number): void {
    const held = sequence.held!;
    const from = held.registered;
    const blocks = Math.floor(tokens / this.#blockSize) - from;
    if (blocks <= 0) return;
    held.registered += blocks;
    const position = (from + 1) * this.#blockSize;
    const segment = held.segmentAt(position);
    // A block is cached as long as any that follows it: where the first is new, all are.
    if (this.#index.find(segment, position) !== undefined) held.hasDuplicate = true;
    if (this.#told !== undefined) {
      const known = held.hasDuplicate ? this.#cachedBlocks(held.content, from + blocks) : from;
      this.#told.stored({ segment, first: from, blocks }, known);
    }
    if (held.hasDuplicate) {
      // What follows a duplicate may be one as well, and is found by its own hash only.
      for (let block = 0; block < blocks; block++) this.#begin(held, from + block, 1);
      return;
    }
    const run = held.ownRun;
    if (run !== undefined && run.users === 1 && run.rest === undefined) run.length += blocks;
    else this.#begin(held, from, blocks);
  }

  release({ computed, held }: Sequence): void {
    const { registered, runs } = held!;
    const blank = Math.ceil(computed / this.#blockSize) - registered;
    if (blank > 0 && this.#freeUnhashedToFront) this.#free.giveBackBlank(blank);
    else if (blank > 0) this.#free.append(new BlockRun(0, blank));
    let end = registered;
    for (let i = runs.length - 1; i >= 0; i--) {
      this.#giveBack(runs[i]!, end);
      end = runs[i]!.first;
    }
    held!.clear();
    assert(this.free <= this.#capacity, 'invariant 7: more blocks came back than there are');
  }

  /** How many of the first blocks of a content are here, at most `limit`. */
  #cachedBlocks(content: Segment, limit: number): number {
    let segment = content;
    let blocks = 0;
    while (blocks < limit) {
      const position = (blocks + 1) * this.#blockSize;
      while (segment.end < position) segment = segment.next!;
      const run = this.#index.find(segment, position);
      if (run === undefined) break;
      blocks = this.#agreement(run, segment, limit);
    }
    return blocks;
  }

  #begin(held: HeldBlocks, first: number, blocks: number): void {
    const run = new BlockRun(first, blocks, held.segmentAt((first + 1) * this.#blockSize));
    run.users = 1;
    held.runs.push(run);
    held.ownRun = run;
    this.#index.add(run);
  }

  /**
   * Up to which block, at most `limit`, a run has the content of a sequence; its first block has,
   * and ends in the given segment of the sequence.
   */
  #agreement(run: BlockRun, segment: Segment, limit: number): number {
    const last = Math.min(run.end, limit);
    let mine = segment;
    let theirs = run.segment!;
    for (;;) {
      const end = Math.min(mine.end, theirs.end);
      if (end >= last * this.#blockSize) return last;
      const goesOn = mine.end === theirs.end && mine.next!.agreesWith(theirs.next!);
      if (!goesOn) return Math.floor(end / this.#blockSize);
      mine = mine.next!;
      theirs = theirs.next!;
    }
  }

  /** Cuts a run off behind so many blocks; what is cut off has the same users. */
  #split(run: BlockRun, blocks: number): void {
    const first = run.first + blocks;
    let segment = run.segment!;
    while (segment.end < (first + 1) * this.#blockSize) segment = segment.next!;
    const behind = new BlockRun(first, run.length - blocks, segment);
    behind.users = run.users;
    behind.rest = run.rest;
    run.rest = behind;
    run.length = blocks;
    this.#index.addOldest(behind);
    if (run.users === 0) this.#free.insertBefore(behind, run);
  }

  /** A run and what was split off it, up to a block; the last blocks first. */
  #giveBack(run: BlockRun, end: number): void {
    if (run.rest !== undefined && run.rest.first < end) this.#giveBack(run.rest, end);
    run.users -= 1;
    if (run.users === 0) this.#free.append(run);
  }
}
