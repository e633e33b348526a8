import { assert } from '../../core/assert.ts';
import type { BlockRun } from './block-run.ts';
import type { ToldBlocks } from './told-blocks.ts';

/**
 * The blocks nobody uses, in the order in which they will be taken (`FreeKVCacheBlockQueue` of
 * vLLM). A sequence gives its blocks back from the last to the first, so a run is taken from its
 * end. Blocks without content are all alike: only their number is kept, at the head of the queue or
 * as a pseudo-run within it.
 */
export class FreeBlocks {
  count: number;
  #blankAtHead: number;
  #first: BlockRun | undefined = undefined;
  #last: BlockRun | undefined = undefined;
  /** Told when a run has lost its last block. */
  readonly #onEvicted: (run: BlockRun) => void;
  readonly #told: ToldBlocks | undefined;

  constructor(blocks: number, onEvicted: (run: BlockRun) => void, told?: ToldBlocks) {
    this.count = blocks;
    this.#blankAtHead = blocks;
    this.#onEvicted = onEvicted;
    this.#told = told;
  }

  take(blocks: number): void {
    assert(blocks <= this.count, 'invariant 7: more blocks are wanted than are free');
    this.count -= blocks;
    const blank = Math.min(blocks, this.#blankAtHead);
    this.#blankAtHead -= blank;
    for (let left = blocks - blank; left > 0; ) {
      const run = this.#first!;
      const taken = Math.min(left, run.length);
      left -= taken;
      run.length -= taken;
      if (this.#told !== undefined && run.segment !== undefined) {
        this.#told.removed({ segment: run.segment, first: run.end, blocks: taken });
      }
      if (run.length > 0) return;
      this.#unlink(run);
      this.#onEvicted(run);
    }
  }

  giveBackBlank(blocks: number): void {
    this.count += blocks;
    this.#blankAtHead += blocks;
  }

  append(run: BlockRun): void {
    this.count += run.length;
    run.previous = this.#last;
    run.next = undefined;
    if (this.#last === undefined) this.#first = run;
    else this.#last.next = run;
    this.#last = run;
  }

  /** Somebody uses it again. */
  remove(run: BlockRun): void {
    this.count -= run.length;
    this.#unlink(run);
  }

  /** What was split off the end of a free run goes before the rest of it. */
  insertBefore(run: BlockRun, behind: BlockRun): void {
    const { previous } = behind;
    run.previous = previous;
    run.next = behind;
    behind.previous = run;
    if (previous === undefined) this.#first = run;
    else previous.next = run;
  }

  #unlink(run: BlockRun): void {
    const { previous, next } = run;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    run.previous = undefined;
    run.next = undefined;
  }
}
