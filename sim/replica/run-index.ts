import type { BlockRun } from './block-run.ts';
import type { Segment } from './segment.ts';

/**
 * Runs by the hash of their first block, the oldest first. A block inside a run is found by way of
 * the block before it. The table is as large as the cache could need, and its chains go through the
 * runs, so that nothing is allocated however many come and go.
 */
export class RunIndex {
  readonly #blockSize: number;
  readonly #chains: (BlockRun | undefined)[];
  readonly #mask: number;

  constructor({ blockSize, usableBlocks }: { blockSize: number; usableBlocks: number }) {
    // A run of a few blocks is usual.
    const bits = Math.min(20, Math.max(8, Math.ceil(Math.log2(usableBlocks / 4))));
    this.#blockSize = blockSize;
    this.#chains = new Array(2 ** bits).fill(undefined);
    this.#mask = 2 ** bits - 1;
  }

  /** Who holds the block that ends at a position in a segment. */
  find(segment: Segment, position: number): BlockRun | undefined {
    const low = segment.lowAt(position);
    let run = this.#chains[low & this.#mask];
    if (run === undefined) return undefined;
    const high = segment.highAt(position);
    while (run !== undefined && (run.low !== low || run.high !== high)) run = run.nextInChain;
    return run;
  }

  /** A run younger than all of the same content. */
  add(run: BlockRun): void {
    this.#identify(run);
    let last = this.#chains[run.low & this.#mask];
    if (last === undefined) {
      this.#chains[run.low & this.#mask] = run;
      return;
    }
    while (last.nextInChain !== undefined) last = last.nextInChain;
    last.nextInChain = run;
  }

  /** A run whose blocks are older than all others of the same content. */
  addOldest(run: BlockRun): void {
    this.#identify(run);
    run.nextInChain = this.#chains[run.low & this.#mask];
    this.#chains[run.low & this.#mask] = run;
  }

  remove(run: BlockRun): void {
    const first = this.#chains[run.low & this.#mask]!;
    if (first === run) {
      this.#chains[run.low & this.#mask] = run.nextInChain;
    } else {
      let before = first;
      while (before.nextInChain !== run) before = before.nextInChain!;
      before.nextInChain = run.nextInChain;
    }
    run.nextInChain = undefined;
  }

  #identify(run: BlockRun): void {
    const position = (run.first + 1) * this.#blockSize;
    run.low = run.segment!.lowAt(position);
    run.high = run.segment!.highAt(position);
  }
}
