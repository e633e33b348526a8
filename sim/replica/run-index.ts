import type { BlockRun } from './block-run.ts';
import type { Segment } from './segment.ts';

const filterSize = 16_384;

/**
 * Runs by the hash of their first block, the oldest first. A block inside a run is found by way of
 * the block before it. Nearly all questions are about blocks that nobody has, and those a small
 * table of counts answers without a look into the map.
 */
export class RunIndex {
  readonly #blockSize: number;
  readonly #oldest = new Map<number, BlockRun>();
  readonly #counts = new Uint16Array(filterSize);

  constructor(blockSize: number) {
    this.#blockSize = blockSize;
  }

  /** Who holds the block that ends at a position in a segment. */
  find(segment: Segment, position: number): BlockRun | undefined {
    const low = segment.lowAt(position);
    if (this.#counts[low & (filterSize - 1)] === 0) return undefined;
    let run = this.#oldest.get(low);
    if (run === undefined) return undefined;
    const high = segment.highAt(position);
    while (run !== undefined && run.high !== high) run = run.nextAlike;
    return run;
  }

  /** A run younger than all of the same content. */
  add(run: BlockRun): void {
    this.#identify(run);
    let last = this.#oldest.get(run.low);
    if (last === undefined) {
      this.#oldest.set(run.low, run);
      return;
    }
    while (last.nextAlike !== undefined) last = last.nextAlike;
    last.nextAlike = run;
  }

  /** A run whose blocks are older than all others of the same content. */
  addOldest(run: BlockRun): void {
    this.#identify(run);
    run.nextAlike = this.#oldest.get(run.low);
    this.#oldest.set(run.low, run);
  }

  remove(run: BlockRun): void {
    const { low } = run;
    this.#counts[low & (filterSize - 1)]! -= 1;
    const oldest = this.#oldest.get(low)!;
    if (oldest !== run) {
      let before = oldest;
      while (before.nextAlike !== run) before = before.nextAlike!;
      before.nextAlike = run.nextAlike;
    } else if (run.nextAlike === undefined) {
      this.#oldest.delete(low);
    } else {
      this.#oldest.set(low, run.nextAlike);
    }
    run.nextAlike = undefined;
  }

  #identify(run: BlockRun): void {
    const position = (run.first + 1) * this.#blockSize;
    run.low = run.segment!.lowAt(position);
    run.high = run.segment!.highAt(position);
    this.#counts[run.low & (filterSize - 1)]! += 1;
  }
}
