import type { BlockRun } from './block-run.ts';

const filterSize = 16_384;

/**
 * Runs by the hash of their first block, the oldest first. A block inside a run is found by way of
 * the block before it. Nearly all questions are about blocks that nobody has, and those a small
 * table of counts answers without a look into the map.
 */
export class RunIndex {
  readonly #oldest = new Map<number, BlockRun>();
  readonly #counts = new Uint16Array(filterSize);

  find(low: number, high: number): BlockRun | undefined {
    if (this.#counts[low & (filterSize - 1)] === 0) return undefined;
    let run = this.#oldest.get(low);
    while (run !== undefined && run.high !== high) run = run.nextAlike;
    return run;
  }

  /** A run younger than all of the same content. */
  add(run: BlockRun): void {
    const { low } = run;
    this.#counts[low & (filterSize - 1)]! += 1;
    let last = this.#oldest.get(low);
    if (last === undefined) {
      this.#oldest.set(low, run);
      return;
    }
    while (last.nextAlike !== undefined) last = last.nextAlike;
    last.nextAlike = run;
  }

  /** A run whose blocks are older than all others of the same content. */
  addOldest(run: BlockRun): void {
    const { low } = run;
    this.#counts[low & (filterSize - 1)]! += 1;
    run.nextAlike = this.#oldest.get(low);
    this.#oldest.set(low, run);
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
}
