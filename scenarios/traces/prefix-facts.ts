import type { TraceRow } from './trace-row.ts';

/** Blocks of an engine that one block of a trace is divided into. */
const engineBlockTokens = 16;

/**
 * What a cache that never forgets would find of the prompts, one after the other; in blocks of the
 * trace, and in those of vLLM, of which only full ones are cached. Blocks of a trace that are no
 * multiple of vLLM's are not divided. The last block of a prompt may be partial, and another prompt
 * may go on in it: then only its head is known.
 */
export class InfiniteCache {
  /** Of each block, how many tokens of its head were seen. */
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

  add(row: TraceRow): void {
    const { blocks = [], blockTokens = 1, promptTokens } = row;
    const counts = this.#counts;
    const hitTokens = knownTokens(row, this.#seen);
    counts.blocks += blocks.length;
    counts.hitBlocks += knownBlocks(blocks, this.#seen);
    counts.hitTokens += hitTokens;
    const isDivided = blockTokens % engineBlockTokens === 0;
    for (const [index, id] of blocks.entries()) {
      const here = tokensOfBlock(row, index);
      const known = this.#seen.get(id);
      if (isDivided)
        counts.engineBlocksKept += Math.max(0, engineBlocks(here) - engineBlocks(known));
      if (known === undefined || here > known) this.#seen.set(id, here);
    }
    if (!isDivided) return;
    counts.engineBlocks += engineBlocks(Math.min(promptTokens, blocks.length * blockTokens));
    const most = engineBlocks(promptTokens - 1);
    counts.engineHitTokens += engineBlocks(hitTokens) * engineBlockTokens;
    counts.engineHitTokensButLast += Math.min(engineBlocks(hitTokens), most) * engineBlockTokens;
  }

  result() {
    return { ...this.#counts, distinctBlocks: this.#seen.size };
  }
}

/** Full ones. */
function engineBlocks(tokens = 0): number {
  return Math.floor(tokens / engineBlockTokens);
}

function tokensOfBlock({ blockTokens = 1, promptTokens }: TraceRow, index: number): number {
  return Math.max(0, Math.min(blockTokens, promptTokens - index * blockTokens));
}

function knownBlocks(blocks: readonly number[], seen: ReadonlyMap<number, number>): number {
  let known = 0;
  while (known < blocks.length && seen.has(blocks[known]!)) known += 1;
  return known;
}

/** Hits are at the head: they go on as long as nothing was missing. */
function knownTokens(row: TraceRow, seen: ReadonlyMap<number, number>): number {
  let tokens = 0;
  for (const [index, id] of (row.blocks ?? []).entries()) {
    const [here, known = 0] = [tokensOfBlock(row, index), seen.get(id)];
    tokens += Math.min(here, known);
    if (known < here) break;
  }
  return tokens;
}

/**
 * One cache of so many blocks, which forgets what was not used for longest. A prompt is looked up
 * without touching anything and then inserted from its last block to its first, so that heads
 * outlive tails.
 */
export class PrefixLru {
  readonly #capacity: number;
  /** Tokens of each block; a map keeps its keys in the order they were put in. */
  readonly #recency = new Map<number, number>();
  hitBlocks = 0;
  hitTokens = 0;

  constructor(capacityBlocks: number) {
    this.#capacity = capacityBlocks;
  }

  add(row: TraceRow): void {
    const { blocks = [] } = row;
    this.hitBlocks += knownBlocks(blocks, this.#recency);
    this.hitTokens += knownTokens(row, this.#recency);
    for (let index = blocks.length - 1; index >= 0; index--) {
      const id = blocks[index]!;
      const known = this.#recency.get(id) ?? 0;
      this.#recency.delete(id);
      this.#recency.set(id, Math.max(known, tokensOfBlock(row, index)));
    }
    for (const id of this.#recency.keys()) {
      if (this.#recency.size <= this.#capacity) break;
      this.#recency.delete(id);
    }
  }
}
