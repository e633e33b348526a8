import { FairleadError } from '../../core/errors.ts';
import type { TraceRow } from './trace-row.ts';

/** A tick of a real trace holds some ten rows; this many are the whole file on one. */
const mostWaiting = 1_000_000;

/**
 * Puts rows in order of time again after each was moved to a later place inside its tick. Rows wait
 * only until no row can come before them any more.
 */
export class TickSpreader {
  readonly #file: string;
  #waiting: TraceRow[] = [];
  #floorUs = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** No later row arrives before `floorUs`. */
  push(row: TraceRow, floorUs: number, out: TraceRow[]): void {
    if (floorUs > this.#floorUs) {
      this.#floorUs = floorUs;
      this.#release(floorUs, out);
    }
    this.#waiting.push(row);
    if (this.#waiting.length <= mostWaiting) return;
    const found = `${this.#file}:${row.line}: ${mostWaiting} rows within one tick.`;
    throw new FairleadError('TRACE_INVALID', `${found} Write dequantizeMs: 0, or another unit.`);
  }

  end(out: TraceRow[]): void {
    this.#release(Number.POSITIVE_INFINITY, out);
  }

  #release(untilUs: number, out: TraceRow[]): void {
    // The sort is stable, so that equal times stay in the order of the file.
    this.#waiting.sort((a, b) => a.arrivalUs - b.arrivalUs);
    const still = this.#waiting.findIndex(({ arrivalUs }) => arrivalUs > untilUs);
    const free = still < 0 ? this.#waiting.length : still;
    for (let row = 0; row < free; row++) out.push(this.#waiting[row]!);
    this.#waiting = this.#waiting.slice(free);
  }
}
