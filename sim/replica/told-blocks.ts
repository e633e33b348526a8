import { hashAt } from '../prompt-hashes.ts';
import type { BlockListener } from './kv-cache.ts';
import type { Segment } from './segment.ts';

/** Full blocks that follow one another; the first ends in the segment or behind it. */
export interface BlockRange {
  readonly segment: Segment;
  readonly first: number;
  readonly blocks: number;
}

/**
 * Tells which contents come into a cache and which are lost from it, once each, however many blocks
 * hold them. Few contents are ever held twice, so only those are kept in mind.
 */
export class ToldBlocks {
  readonly #blockSize: number;
  readonly #listener: BlockListener;
  /** How many blocks hold a content, for those of more than one. */
  readonly #holders = new Map<number, number>();

  constructor(blockSize: number, listener: BlockListener) {
    this.#blockSize = blockSize;
    this.#listener = listener;
  }

  /** Blocks get their content; it was there before for those up to block `known`. */
  stored(range: BlockRange, known: number): void {
    this.#each(range, (hash, block) => {
      if (block >= known) this.#listener.stored(hash);
      else this.#holders.set(hash, (this.#holders.get(hash) ?? 1) + 1);
    });
  }

  removed(range: BlockRange): void {
    const isAnyTwice = this.#holders.size > 0;
    this.#each(range, (hash) => {
      const holders = isAnyTwice ? this.#holders.get(hash) : undefined;
      if (holders === undefined) this.#listener.removed(hash);
      else if (holders > 2) this.#holders.set(hash, holders - 1);
      else this.#holders.delete(hash);
    });
  }

  #each(range: BlockRange, act: (hash: number, block: number) => void): void {
    let { segment } = range;
    for (let block = range.first; block < range.first + range.blocks; block++) {
      const position = (block + 1) * this.#blockSize;
      while (segment.end < position) segment = segment.next!;
      act(hashAt(segment, position), block);
    }
  }
}
