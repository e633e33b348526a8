import type { ReferenceSequence } from './reference-sequence.ts';

/** One block of the KV cache of the GPU. */
export interface Block {
  readonly number: number;
  /** Sequences that hold it. */
  users: number;
  /** What it is known to hold from the start of the prompt on; only full blocks are. */
  content: string | undefined;
}

export interface ReferenceKvCacheOptions {
  readonly blockSize: number;
  readonly usableBlocks: number;
  readonly enablePrefixCaching: boolean;
  readonly freeUnhashedToFront: boolean;
}

/** The block pool and the prefix cache of vLLM V1 (`vllm/v1/core/block_pool.py`). */
export class ReferenceKvCache {
  readonly #options: ReferenceKvCacheOptions;
  /** The head is used, and evicted, first. */
  readonly #freeQueue: Block[] = [];
  /** Blocks by their content, the one registered first in front. */
  readonly #registered = new Map<string, Block[]>();

  constructor(options: ReferenceKvCacheOptions) {
    this.#options = options;
    for (let number = 1; number <= options.usableBlocks; number++) {
      this.#freeQueue.push({ number, users: 0, content: undefined });
    }
  }

  get free(): number {
    return this.#freeQueue.length;
  }

  get used(): number {
    return this.#options.usableBlocks - this.#freeQueue.length;
  }

  /** What can be found, wherever it is. */
  get contents(): string[] {
    return [...this.#registered.keys()];
  }

  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.#options.blockSize);
  }

  /**
   * The blocks that already hold the beginning of a sequence. At least its last token must be
   * computed, because its logits are needed.
   */
  lookup(sequence: ReferenceSequence): Block[] {
    const { blockSize, enablePrefixCaching } = this.#options;
    const found: Block[] = [];
    if (!enablePrefixCaching) return found;
    for (let end = blockSize; end <= sequence.tokens - 1; end += blockSize) {
      const block = this.#registered.get(sequence.contentOf(end))?.[0];
      if (block === undefined) break;
      found.push(block);
    }
    return found;
  }

  /** Takes found blocks into use, which unlinks those that nobody uses from the free queue. */
  touch(sequence: ReferenceSequence, blocks: readonly Block[]): void {
    for (const block of blocks) {
      if (block.users === 0) this.#freeQueue.splice(this.#freeQueue.indexOf(block), 1);
      block.users += 1;
      sequence.blocks.push(block);
    }
  }

  /** Gives a sequence blocks for its first tokens; false, and nothing done, if they are not there. */
  allocate(sequence: ReferenceSequence, tokens: number): boolean {
    const more = this.blocksFor(tokens) - sequence.blocks.length;
    if (more > this.free) return false;
    for (let i = 0; i < more; i++) sequence.blocks.push(this.#takeHead());
    return true;
  }

  /** Makes the full blocks within the first tokens of a sequence findable. */
  register(sequence: ReferenceSequence, tokens: number): void {
    const { blockSize, enablePrefixCaching } = this.#options;
    if (!enablePrefixCaching) return;
    for (let i = 0; (i + 1) * blockSize <= tokens; i++) {
      const block = sequence.blocks[i]!;
      if (block.content !== undefined) continue;
      block.content = sequence.contentOf((i + 1) * blockSize);
      const same = this.#registered.get(block.content);
      if (same === undefined) this.#registered.set(block.content, [block]);
      else same.push(block);
    }
  }

  /** The deepest block goes first to the end of the queue, so it is evicted before its parents. */
  release(sequence: ReferenceSequence): void {
    const blocks = sequence.blocks;
    sequence.blocks = [];
    for (const block of blocks.reverse()) {
      block.users -= 1;
      if (block.users > 0) continue;
      if (block.content === undefined && this.#options.freeUnhashedToFront) {
        this.#freeQueue.unshift(block);
      } else {
        this.#freeQueue.push(block);
      }
    }
  }

  #takeHead(): Block {
    const block = this.#freeQueue.shift()!;
    block.users = 1;
    if (block.content !== undefined) this.#evict(block, block.content);
    return block;
  }

  #evict(block: Block, content: string): void {
    const left = this.#registered.get(content)!.filter((other) => other !== block);
    if (left.length === 0) this.#registered.delete(content);
    else this.#registered.set(content, left);
    block.content = undefined;
  }
}
