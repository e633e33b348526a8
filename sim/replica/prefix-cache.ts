import { assert } from '../../core/assert.ts';
import { AnswersInProgress } from './answers-in-progress.ts';
import { hashNextBlock } from './block-hashes.ts';
import { BlockIndex } from './block-index.ts';
import type { EngineConfig } from './engine-config.ts';
import { FreeQueue } from './free-queue.ts';
import type { CachedPrefix, KvCache } from './kv-cache.ts';
import type { Sequence } from './sequence.ts';

/**
 * The KV cache of vLLM V1 with prefix caching (`vllm/v1/core/block_pool.py`). A full block is known
 * by its hash from the moment it is scheduled, and stays so after its sequence is gone, until it is
 * taken for something else; the block that has been free longest goes first, and of a sequence the
 * last block.
 */
export class PrefixCache implements KvCache {
  readonly #blockSize: number;
  readonly #capacity: number;
  readonly #freeUnhashedToFront: boolean;
  readonly #free: FreeQueue;
  readonly #index: BlockIndex;
  readonly #users: Int32Array;
  readonly #isHashed: Uint8Array;
  readonly #answers: AnswersInProgress;
  /** Blocks taken for the batch that no member has been given yet. */
  readonly #spare: number[] = [];
  /** What the last lookup found. */
  #found: Int32Array = new Int32Array(64);
  #foundBlocks = 0;
  readonly #prefix = { tokens: 0, blocksInUse: 0 };

  constructor(config: EngineConfig) {
    const { asyncScheduling, blockSize, freeUnhashedToFront, usableBlocks } = config;
    this.#blockSize = blockSize;
    this.#capacity = usableBlocks;
    this.#freeUnhashedToFront = freeUnhashedToFront;
    this.#free = new FreeQueue(usableBlocks);
    this.#index = new BlockIndex(usableBlocks);
    this.#users = new Int32Array(usableBlocks + 1);
    this.#isHashed = new Uint8Array(usableBlocks + 1);
    this.#answers = new AnswersInProgress({
      blockSize,
      depth: asyncScheduling ? 2 : 1,
      register: (sequence, tokens) => this.register(sequence, tokens),
    });
  }

  get free(): number {
    return this.#free.length;
  }

  get used(): number {
    return this.#capacity - this.#free.length;
  }

  lookup(sequence: Sequence, step: number): CachedPrefix {
    this.#answers.catchUp(sequence, () => step);
    // The last token is computed even if it is cached, or there would be nothing to sample from.
    const limit = Math.floor((sequence.tokens - 1) / this.#blockSize);
    let blocks = 0;
    let blocksInUse = 0;
    for (; blocks < limit; blocks++) {
      if (blocks === sequence.hashedBlocks) hashNextBlock(sequence, this.#blockSize);
      const { hashes } = sequence;
      const block = this.#index.find(hashes[2 * blocks]!, hashes[2 * blocks + 1]!);
      if (block === 0) break;
      if (blocks === this.#found.length) this.#found = grown(this.#found);
      this.#found[blocks] = block;
      if (this.#users[block]! > 0) blocksInUse += 1;
    }
    this.#foundBlocks = blocks;
    this.#prefix.tokens = blocks * this.#blockSize;
    this.#prefix.blocksInUse = blocksInUse;
    return this.#prefix;
  }

  takeCached(sequence: Sequence): void {
    for (let i = 0; i < this.#foundBlocks; i++) {
      const block = this.#found[i]!;
      if (this.#users[block] === 0) this.#free.remove(block);
      this.#users[block]! += 1;
      hold(sequence, block);
    }
    sequence.registeredBlocks = this.#foundBlocks;
  }

  grow(sequence: Sequence, tokens: number, step: number): void {
    const computed = sequence.computed + tokens;
    const blocks = Math.ceil(computed / this.#blockSize);
    while (sequence.blockCount < blocks) hold(sequence, this.#take());
    // Whoever runs ahead of it has been scheduled in this step already.
    const { admissionNumber } = sequence;
    this.#answers.catchUp(sequence, (other) =>
      other.admissionNumber < admissionNumber ? step : step - 1,
    );
    this.register(sequence, Math.min(computed, sequence.tokens));
  }

  growBatch(blocks: number): void {
    for (let i = 0; i < blocks; i++) this.#spare.push(this.#take());
  }

  joined(sequence: Sequence): void {
    this.#answers.add(sequence);
  }

  left(sequence: Sequence, last: number, scheduled: number): void {
    this.#answers.remove(sequence, last, scheduled);
    const computed = sequence.computed + last - sequence.joinStep + 1;
    this.#hand(sequence, Math.ceil(computed / this.#blockSize));
  }

  register(sequence: Sequence, tokens: number): void {
    const full = Math.floor(tokens / this.#blockSize);
    this.#hand(sequence, full);
    for (let i = sequence.registeredBlocks; i < full; i++) {
      if (i === sequence.hashedBlocks) hashNextBlock(sequence, this.#blockSize);
      const block = sequence.blocks[i]!;
      this.#isHashed[block] = 1;
      this.#index.add(block, sequence.hashes[2 * i]!, sequence.hashes[2 * i + 1]!);
    }
    if (full > sequence.registeredBlocks) sequence.registeredBlocks = full;
  }

  release(sequence: Sequence): void {
    for (let i = sequence.blockCount - 1; i >= 0; i--) {
      const block = sequence.blocks[i]!;
      this.#users[block]! -= 1;
      if (this.#users[block]! > 0) continue;
      const toFront = this.#freeUnhashedToFront && this.#isHashed[block] === 0;
      if (toFront) this.#free.prepend(block);
      else this.#free.append(block);
    }
    sequence.blockCount = 0;
    sequence.registeredBlocks = 0;
    assert(this.free <= this.#capacity, 'invariant 7: more blocks came back than there are');
  }

  #take(): number {
    assert(this.#free.length > 0, 'invariant 7: a block is wanted and none is free');
    const block = this.#free.takeFirst();
    if (this.#isHashed[block] === 1) {
      this.#index.remove(block);
      this.#isHashed[block] = 0;
    }
    this.#users[block] = 1;
    return block;
  }

  /** Gives a member of the batch its share of the blocks taken for all. */
  #hand(sequence: Sequence, blocks: number): void {
    while (sequence.blockCount < blocks) {
      const block = this.#spare.pop();
      assert(block !== undefined, 'the batch has taken the blocks that its members hold');
      hold(sequence, block);
    }
  }
}

function hold(sequence: Sequence, block: number): void {
  if (sequence.blockCount === sequence.blocks.length) sequence.blocks = grown(sequence.blocks);
  sequence.blocks[sequence.blockCount++] = block;
}

function grown(list: Int32Array): Int32Array {
  const larger = new Int32Array(Math.max(64, 2 * list.length));
  larger.set(list);
  return larger;
}
