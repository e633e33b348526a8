/**
 * The blocks nobody uses, in the order in which they will be taken (`FreeKVCacheBlockQueue` of
 * vLLM): a doubly linked list through arrays, with vLLM's null block 0 as its two ends.
 */
export class FreeQueue {
  length: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** Holds the blocks from 1 to `blocks`. */
  constructor(blocks: number) {
    this.length = blocks;
    this.#next = Int32Array.from({ length: blocks + 1 }, (_, block) => (block + 1) % (blocks + 1));
    this.#previous = Int32Array.from({ length: blocks + 1 }, (_, block) =>
      block === 0 ? blocks : block - 1,
    );
  }

  takeFirst(): number {
    const block = this.#next[0]!;
    this.remove(block);
    return block;
  }

  remove(block: number): void {
    const next = this.#next[block]!;
    const previous = this.#previous[block]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.length -= 1;
  }

  append(block: number): void {
    this.#insert(block, this.#previous[0]!);
  }

  prepend(block: number): void {
    this.#insert(block, 0);
  }

  #insert(block: number, after: number): void {
    const next = this.#next[after]!;
    this.#next[block] = next;
    this.#previous[block] = after;
    this.#next[after] = block;
    this.#previous[next] = block;
    this.length += 1;
  }
}
