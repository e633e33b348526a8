import { assert, fail } from '../../core/assert.ts';
import type { CachedPrefix, KvCache } from './kv-cache.ts';
import type { Sequence } from './sequence.ts';

const nothing: CachedPrefix = { tokens: 0, blocksInUse: 0 };

/** A KV cache without prefix caching: blocks are all alike, and only their number matters. */
export class BlockCount implements KvCache {
  readonly #capacity: number;
  readonly #blockSize: number;
  #free: number;

  constructor({ usableBlocks, blockSize }: { usableBlocks: number; blockSize: number }) {
    this.#capacity = usableBlocks;
    this.#blockSize = blockSize;
    this.#free = usableBlocks;
  }

  get free(): number {
    return this.#free;
  }

  get used(): number {
    return this.#capacity - this.#free;
  }

  lookup(): CachedPrefix {
    return nothing;
  }

  grow(sequence: Sequence, tokens: number): void {
    const { computed } = sequence;
    this.growBatch(this.#blocksFor(computed + tokens) - this.#blocksFor(computed));
  }

  growBatch(blocks: number): void {
    if (blocks > this.#free) fail(`invariant 7: ${blocks} blocks wanted, ${this.#free} free`);
    this.#free -= blocks;
  }

  release({ computed }: Sequence): void {
    this.#free += this.#blocksFor(computed);
    assert(this.#free <= this.#capacity, 'invariant 7: more blocks came back than there are');
  }

  takeCached(): void {}
  joined(): void {}
  left(): void {}
  register(): void {}

  #blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.#blockSize);
  }
}
