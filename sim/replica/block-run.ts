import type { Segment } from './segment.ts';

/**
 * Full KV blocks that follow one another in a prompt and have the same history since they were
 * filled: the same users, or the same place in the queue of free blocks. Whatever happens to one of
 * them happens to all, until the run is split.
 */
export class BlockRun {
  /** Position of its first block, counted in blocks from the start of the prompt. */
  readonly first: number;
  length: number;
  /** The content that its first block ends in; undefined for blocks without content. */
  readonly segment: Segment | undefined;
  /** Sequences that hold it; a run without users is free. */
  users = 0;
  /** What was split off behind it; whoever held both holds the chain. */
  rest: BlockRun | undefined = undefined;

  /** Neighbours in the queue of free runs. */
  previous: BlockRun | undefined = undefined;
  next: BlockRun | undefined = undefined;

  /** Its place in the index: the hash of its first block, and who comes next in its chain. */
  low = 0;
  high = 0;
  nextInChain: BlockRun | undefined = undefined;

  constructor(first: number, length: number, segment?: Segment) {
    this.first = first;
    this.length = length;
    this.segment = segment;
  }

  get end(): number {
    return this.first + this.length;
  }
}
