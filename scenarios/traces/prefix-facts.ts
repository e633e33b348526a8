import type { TraceRow } from './trace-row.ts';

/** Blocks of an engine that one block of a trace is divided into. */
const engineBlockTokens = 16;

/**
 * What a cache that never forgets would find of the prompts, one after the other; in blocks of the
 * trace, and in those of vLLM, of which only full ones are cached. Blocks of a trace that are no
 * multiple of vLLM's are not divided.
 */
export class InfiniteCache {
  /** Of each block, how many engine blocks of its head are cached. */
  readonly #seen = new Map<number, number>();
  readonly #counts = {
    blocks: 0,
    hitBlocks: 0,
    hitTokens: 0,
    engineBlocks: 0,
    /** Different ones. */
    engineBlocksKept: 0,
    engineHitTokens: 0,
    /** As `engineHitTokens`, where at least one token of a prompt has to be computed. */
    engineHitTokensButLast: 0,
  };

  add({ blocks = [], blockTokens = 1, promptTokens }: TraceRow): void {
    const counts = this.#counts;
    let hits = 0;
    while (hits < blocks.length && this.#seen.has(blocks[hits]!)) hits += 1;
    counts.blocks += blocks.length;
    counts.hitBlocks += hits;
    counts.hitTokens += Math.min(hits * blockTokens, promptTokens);
    if (blockTokens % engineBlockTokens === 0) this.#addDivided(blocks, blockTokens, promptTokens);
    else for (const id of blocks) this.#seen.set(id, 0);
  }

  #addDivided(blocks: readonly number[], blockTokens: number, promptTokens: number): void {
    const counts = this.#counts;
    const perBlock = blockTokens / engineBlockTokens;
    const full = Math.min(Math.floor(promptTokens / engineBlockTokens), blocks.length * perBlock);
    let hits = 0;
    for (const [index, id] of blocks.entries()) {
      const here = Math.max(0, Math.min(perBlock, full - index * perBlock));
      const known = this.#seen.get(id) ?? 0;
      // Hits are at the head: they go on as long as nothing was missing.
      if (hits === index * perBlock) hits += Math.min(here, known);
      this.#seen.set(id, Math.max(here, known));
      counts.engineBlocksKept += Math.max(0, here - known);
    }
    counts.engineBlocks += full;
    counts.engineHitTokens += hits * engineBlockTokens;
    const most = Math.floor((promptTokens - 1) / engineBlockTokens);
    counts.engineHitTokensButLast += Math.min(hits, most) * engineBlockTokens;
  }

  result() {
    return { ...this.#counts, distinctBlocks: this.#seen.size };
  }
}

/**
 * One cache of so many blocks, which forgets what was not used for longest. A prompt is looked up
 * without touching anything and then inserted from its last block to its first, so that heads
 * outlive tails.
 */
export class PrefixLru {
  readonly #capacity: number;
  /** A map keeps its keys in the order they were put in. */
  readonly #recency = new Map<number, true>();
  hitBlocks = 0;
  hitTokens = 0;

  constructor(capacityBlocks: number) {
    this.#capacity = capacityBlocks;
  }

  add({ blocks = [], blockTokens = 1, promptTokens }: TraceRow): void {
    let hits = 0;
    while (hits < blocks.length && this.#recency.has(blocks[hits]!)) hits += 1;
    this.hitBlocks += hits;
    this.hitTokens += Math.min(hits * blockTokens, promptTokens);
    for (const id of blocks.toReversed()) {
      this.#recency.delete(id);
      this.#recency.set(id, true);
    }
    for (const id of this.#recency.keys()) {
      if (this.#recency.size <= this.#capacity) break;
      this.#recency.delete(id);
    }
  }
}
