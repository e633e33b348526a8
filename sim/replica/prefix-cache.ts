import { assert } from '../../core/assert.ts';
import { AnswersInProgress } from './answers-in-progress.ts';
import { hashNextBlock } from './block-hashes.ts';
import { BlockRun } from './block-run.ts';
import type { EngineConfig } from './engine-config.ts';
import { FreeBlocks } from './free-blocks.ts';
import type { CachedPrefix, KvCache } from './kv-cache.ts';
import { RunIndex } from './run-index.ts';
import type { Sequence } from './sequence.ts';

const noHashes = new Int32Array(0);

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
  readonly #index = new RunIndex();
  readonly #answers: AnswersInProgress;
  /** The runs that the last lookup found, and how many blocks of each. */
  readonly #found: BlockRun[] = [];
  readonly #foundBlocks: number[] = [];
  readonly #prefix = { tokens: 0, blocksInUse: 0 };

  constructor(config: EngineConfig) {
    const { asyncScheduling, blockSize, freeUnhashedToFront, usableBlocks } = config;
    this.#blockSize = blockSize;
    this.#capacity = usableBlocks;
    this.#freeUnhashedToFront = freeUnhashedToFront;
    this.#free = new FreeBlocks(usableBlocks, (run) => {
      if (run.hashes !== noHashes) this.#index.remove(run);
    });
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
    if (found.length > 0) found.length = 0;
    // The last token is computed even if it is cached, or there would be nothing to sample from.
    const limit = Math.floor((sequence.tokens - 1) / this.#blockSize);
    let blocks = 0;
    let blocksInUse = 0;
    while (blocks < limit) {
      if (blocks === sequence.hashedBlocks) hashNextBlock(sequence, this.#blockSize);
      const { hashes } = sequence;
      const run = this.#index.find(hashes[2 * blocks]!, hashes[2 * blocks + 1]!);
      if (run === undefined) break;
      const end = this.#agreement(sequence, run, limit);
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
    const found = this.#found;
    let blocks = 0;
    for (let i = 0; i < found.length; i++) {
      const run = found[i]!;
      if (this.#foundBlocks[i]! < run.length) this.#split(run, this.#foundBlocks[i]!);
      if (run.users === 0) this.#free.remove(run);
      run.users += 1;
      sequence.runs.push(run);
      blocks += run.length;
    }
    sequence.registeredBlocks = blocks;
    sequence.ownRun = undefined;
    sequence.hasDuplicate = false;
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
    const full = Math.floor(tokens / this.#blockSize);
    for (let block = sequence.registeredBlocks; block < full; block++) {
      if (block === sequence.hashedBlocks) hashNextBlock(sequence, this.#blockSize);
      const { hashes } = sequence;
      if (this.#index.find(hashes[2 * block]!, hashes[2 * block + 1]!) !== undefined) {
        sequence.hasDuplicate = true;
      }
      const run = sequence.ownRun;
      const carriesOn = run !== undefined && run.users === 1 && run.rest === undefined;
      // What follows a duplicate may be one as well, and is found by its own hash only.
      if (carriesOn && !sequence.hasDuplicate) {
        run.length += 1;
      } else {
        const begun = new BlockRun(block, 1, hashes);
        begun.users = 1;
        sequence.runs.push(begun);
        this.#index.add(begun);
        sequence.ownRun = begun;
      }
    }
    if (full > sequence.registeredBlocks) sequence.registeredBlocks = full;
  }

  release(sequence: Sequence): void {
    const held = Math.ceil(sequence.computed / this.#blockSize);
    const blank = held - sequence.registeredBlocks;
    if (blank > 0 && this.#freeUnhashedToFront) this.#free.giveBackBlank(blank);
    else if (blank > 0) this.#free.append(new BlockRun(0, blank, noHashes));
    const { runs } = sequence;
    let end = sequence.registeredBlocks;
    for (let i = runs.length - 1; i >= 0; i--) {
      this.#giveBack(runs[i]!, end);
      end = runs[i]!.first;
    }
    runs.length = 0;
    sequence.registeredBlocks = 0;
    sequence.ownRun = undefined;
    assert(this.free <= this.#capacity, 'invariant 7: more blocks came back than there are');
  }

  /** Up to which block, at most `limit`, a run says what the sequence says. */
  #agreement(sequence: Sequence, run: BlockRun, limit: number): number {
    const last = Math.min(run.end, limit);
    for (let block = run.first + 1; block < last; block++) {
      if (block === sequence.hashedBlocks) hashNextBlock(sequence, this.#blockSize);
      const { hashes } = sequence;
      const isSame =
        hashes[2 * block] === run.hashes[2 * block] &&
        hashes[2 * block + 1] === run.hashes[2 * block + 1];
      if (!isSame) return block;
    }
    return last;
  }

  #split(run: BlockRun, blocks: number): void {
    const behind = run.splitAfter(blocks);
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
