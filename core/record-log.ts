import { assert } from './assert.ts';
import {
  type ColumnName,
  columnNames,
  isNumberColumn,
  type NumberColumn,
  type RequestRecord,
  type TextColumn,
} from './request-record.ts';

const largestChunk = 65_536;

/**
 * All requests of a run, stored by column: a million rows take about 100 MB and no objects. The
 * columns are cut into chunks, so that nothing is copied when the log grows.
 */
export class RecordLog {
  readonly #chunks: Chunk[] = [];
  readonly #chunkRows: number;
  readonly #texts = {
    tenant: new Dictionary(),
    replica: new Dictionary(),
    outcome: new Dictionary(),
  };
  #length = 0;

  constructor(chunkRows = largestChunk) {
    assert(chunkRows >= 1, 'a chunk has room for a row');
    this.#chunkRows = chunkRows;
  }

  get length(): number {
    return this.#length;
  }

  append(record: RequestRecord): void {
    const row = this.#length % this.#chunkRows;
    if (row === 0) this.#chunks.push(newChunk(this.#chunkRows));
    const chunk = this.#chunks[this.#chunks.length - 1]!;
    const texts = this.#texts;
    this.#length += 1;
    // Column by column in so many words: a loop over names costs more than all the rest.
    chunk.id[row] = record.id;
    chunk.tenant[row] = texts.tenant.codeOf(record.tenant);
    chunk.session[row] = record.session;
    chunk.turn[row] = record.turn;
    chunk.inputTokens[row] = record.inputTokens;
    chunk.cachedTokens[row] = record.cachedTokens;
    chunk.outputTokens[row] = record.outputTokens;
    chunk.intendedUs[row] = record.intendedUs;
    chunk.sentUs[row] = record.sentUs;
    chunk.dispatchedUs[row] = record.dispatchedUs;
    chunk.scheduledUs[row] = record.scheduledUs;
    chunk.firstTokenUs[row] = record.firstTokenUs;
    chunk.lastTokenUs[row] = record.lastTokenUs;
    chunk.endUs[row] = record.endUs;
    chunk.gapMaxUs[row] = record.gapMaxUs;
    chunk.preemptions[row] = record.preemptions;
    chunk.tries[row] = record.tries;
    chunk.attempts[row] = record.attempts;
    chunk.replica[row] = texts.replica.codeOf(record.replica);
    chunk.outcome[row] = texts.outcome.codeOf(record.outcome);
  }

  /** A copy of the column, in one piece. */
  numbers(name: NumberColumn): Float64Array {
    const column = new Float64Array(this.#length);
    for (const [index, chunk] of this.#chunks.entries()) {
      const from = index * this.#chunkRows;
      column.set(chunk[name].subarray(0, this.#length - from), from);
    }
    return column;
  }

  text(name: TextColumn, row: number): string {
    assert(row >= 0 && row < this.#length, `row ${row} is outside the log`);
    return this.#texts[name].textOf(this.#chunkOf(row)[name][row % this.#chunkRows]!);
  }

  row(row: number): RequestRecord {
    const record: Partial<Record<ColumnName, number | string>> = {};
    for (const name of columnNames) record[name] = this.value(name, row);
    return record as RequestRecord;
  }

  value(name: ColumnName, row: number): number | string {
    if (!isNumberColumn(name)) return this.text(name, row);
    return this.#chunkOf(row)[name][row % this.#chunkRows]!;
  }

  *rows(): Generator<RequestRecord> {
    for (let row = 0; row < this.#length; row++) yield this.row(row);
  }

  #chunkOf(row: number): Chunk {
    return this.#chunks[Math.floor(row / this.#chunkRows)]!;
  }
}

type Chunk = { readonly [K in NumberColumn]: Float64Array } & {
  readonly [K in TextColumn]: Uint32Array;
};

function newChunk(rows: number): Chunk {
  const columns = columnNames.map((name) => [
    name,
    isNumberColumn(name) ? new Float64Array(rows) : new Uint32Array(rows),
  ]);
  return Object.fromEntries(columns) as Chunk;
}

/** Few distinct strings over many rows: one number per row. */
class Dictionary {
  readonly #codeOf = new Map<string, number>();
  readonly #texts: string[] = [];

  codeOf(text: string): number {
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#texts.push(text) - 1;
      this.#codeOf.set(text, code);
    }
    return code;
  }

  textOf(code: number): string {
    return this.#texts[code]!;
  }
}
