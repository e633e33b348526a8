import type { TraceParser } from './trace-format.ts';
import type { TracePlayer } from './trace-player.ts';
import type { DraftRow, TraceRow } from './trace-row.ts';

export interface TraceReadingOptions {
  readonly kind: string;
  readonly parser: TraceParser;
  readonly player: TracePlayer;
  /** Rows are kept until the last has come, and then put in order of time. */
  readonly sort: boolean;
}

/** A trace whose format is known: from bytes through the parser and the player to rows. */
export class TraceReading {
  readonly kind: string;
  readonly parser: TraceParser;
  readonly player: TracePlayer;
  readonly #sort: boolean;
  readonly #unsorted: DraftRow[] = [];
  /** Of the last row that was read. */
  lastLine = 0;

  constructor({ kind, parser, player, sort }: TraceReadingOptions) {
    this.kind = kind;
    this.parser = parser;
    this.player = player;
    this.#sort = sort;
  }

  push(bytes: Uint8Array): TraceRow[] {
    const due: TraceRow[] = [];
    const rows = this.parser.push(bytes);
    this.lastLine = rows.at(-1)?.line ?? this.lastLine;
    for (const row of rows) {
      if (this.player.finished) break;
      if (this.#sort) this.#unsorted.push(row);
      else this.player.push(row, due);
    }
    return due;
  }

  *rest(): Generator<TraceRow> {
    const due: TraceRow[] = [];
    for (const row of this.#lastRows()) {
      if (this.player.finished) break;
      this.player.push(row, due);
      yield* due;
      due.length = 0;
    }
    this.player.end(due);
    yield* due;
  }

  #lastRows(): Iterable<DraftRow> {
    if (this.player.finished) return [];
    const rows = this.parser.end();
    if (!this.#sort) return rows;
    for (const row of rows) this.#unsorted.push(row);
    // The sort is stable: equal times stay in the order of the file.
    return this.#unsorted.sort((a, b) => a.arrivalUs - b.arrivalUs);
  }
}
