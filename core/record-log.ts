import { assert } from './assert.ts';
import { Dictionary } from './dictionary.ts';
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
  /** What stands for the texts of a column in its rows. */
  readonly texts = {
    tenant: new Dictionary(),
    replica: new Dictionary(),
    outcome: new Dictionary(),
  };
  #length = 0;
  /** The row that `addRow` lends. */
  readonly #row = { columns: newChunk(0), index: 0 };

  constructor(chunkRows = largestChunk) {
    assert(chunkRows >= 1, 'a chunk has room for a row');
    this.#chunkRows = chunkRows;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * A new row, to be filled at once: its place in the columns of its chunk. Whoever has a million
   * of them writes into the columns; an object for each row would cost more than all the rest.
   */
  addRow(): Row {
    const index = this.#length % this.#chunkRows;
    if (index === 0) this.#chunks.push(newChunk(this.#chunkRows));
    this.#length += 1;
    this.#row.columns = this.#chunks[this.#chunks.length - 1]!;
    this.#row.index = index;
    return this.#row;
  }

  append(record: RequestRecord): void {
    const { columns, index } = this.addRow();
    for (const name of columnNames) {
      if (isNumberColumn(name)) columns[name][index] = record[name];
      else columns[name][index] = this.texts[name].codeOf(record[name]);
    }
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
    return this.texts[name].textOf(this.#chunkOf(row)[name][row % this.#chunkRows]!);
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

/** Where a row stands: in which columns, and where in them. */
export interface Row {
  readonly columns: Chunk;
  readonly index: number;
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
