/**
 * Full KV blocks that follow one another in a prompt and have the same history since they were
 * filled: the same users, or the same place in the queue of free blocks. Whatever happens to one of
 * them happens to all, until the run is split.
 */
export class BlockRun {
  /** Position of its first block, counted in blocks from the start of the prompt. */
  readonly first: number;
  length: number;
  /** Chained hashes of the prompt, two words for each block from its start. */
  readonly hashes: Int32Array;
  /** Sequences that hold it; a run without users is free. */
  users = 0;
  /** What was split off behind it; whoever held both holds the chain. */
  rest: BlockRun | undefined = undefined;

  /** Neighbours in the queue of free runs. */
  previous: BlockRun | undefined = undefined;
  next: BlockRun | undefined = undefined;
  /** The next younger run under the same hash word in the index. */
  nextAlike: BlockRun | undefined = undefined;

  constructor(first: number, length: number, hashes: Int32Array) {
    this.first = first;
    this.length = length;
    this.hashes = hashes;
  }

  get end(): number {
    return this.first + this.length;
  }

  /** Hash words of its first block. */
  get low(): number {
    return this.hashes[2 * this.first]!;
  }

  get high(): number {
    return this.hashes[2 * this.first + 1]!;
  }

  /** Keeps so many blocks and returns the run of the others, which has the same users. */
  splitAfter(blocks: number): BlockRun {
    const behind = new BlockRun(this.first + blocks, this.length - blocks, this.hashes);
    behind.users = this.users;
    behind.rest = this.rest;
    this.rest = behind;
    this.length = blocks;
    return behind;
  }
}
