import type { Sequence } from './sequence.ts';

export interface CachedPrefix {
  readonly tokens: number;
  /** Of its blocks; the others are free, but would be taken. */
  readonly blocksInUse: number;
}

/** Told of contents that come into a prefix cache or are lost from it, by the hash of a prompt. */
export interface BlockListener {
  stored(hash: number): void;
  removed(hash: number): void;
}

/**
 * The KV blocks of an engine. A sequence that computed n tokens holds ceil(n / blockSize) of them;
 * whoever calls has made sure that enough are free.
 */
export interface KvCache {
  readonly free: number;
  readonly used: number;
  /** What is cached for a waiting sequence; asked while a step is scheduled, after the batch. */
  lookup(sequence: Sequence, step: number): CachedPrefix;
  /** Takes the blocks that the lookup just made has found. */
  takeCached(sequence: Sequence): void;
  /** Room for the next tokens of a sequence outside the batch, scheduled in this step. */
  grow(sequence: Sequence, tokens: number, step: number): void;
  /** Blocks for members of the batch; which of them gets which makes no difference. */
  growBatch(blocks: number): void;
  joined(sequence: Sequence): void;
  /** It leaves the batch, and was last scheduled in step `last`; the others in `scheduled`. */
  left(sequence: Sequence, last: number, scheduled: number): void;
  /** All tokens known so far count as cached, as far as their blocks are full. */
  register(sequence: Sequence, tokens: number): void;
  /** A sequence that is not in the batch loses its blocks. */
  release(sequence: Sequence): void;
}
