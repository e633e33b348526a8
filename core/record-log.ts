import { assert } from './assert.ts';
import {
  type ColumnName,
  columnNames,
  isNumberColumn,
  type NumberColumn,
  type RequestRecord,
  type TextColumn,
} from './request-record.ts';

/** All requests of a run, stored by column: a million rows take about 100 MB and no objects. */
export class RecordLog {
  readonly #numbers: Map<NumberColumn, Float64Array>;
  readonly #texts: Map<TextColumn, TextStore>;
  #capacity: number;
  #length = 0;

  constructor(capacity = 1024) {
    assert(capacity >= 1, 'a log has room for a row, or it could not grow');
    this.#capacity = capacity;
    this.#numbers = new Map();
    this.#texts = new Map();
    for (const name of columnNames) {
      if (isNumberColumn(name)) this.#numbers.set(name, new Float64Array(capacity));
      else this.#texts.set(name, new TextStore(capacity));
    }
  }

  get length(): number {
    return this.#length;
  }

  append(record: RequestRecord): void {
    if (this.#length === this.#capacity) this.#grow();
    const row = this.#length++;
    for (const [name, column] of this.#numbers) column[row] = record[name];
    for (const [name, column] of this.#texts) column.set(row, record[name]);
  }

  /** The column itself, not a copy; it goes stale when a later append makes the log grow. */
  numbers(name: NumberColumn): Float64Array {
    return this.#numbers.get(name)!.subarray(0, this.#length);
  }

  text(name: TextColumn, row: number): string {
    assert(row >= 0 && row < this.#length, `row ${row} is outside the log`);
    return this.#texts.get(name)!.get(row);
  }

  row(row: number): RequestRecord {
    const record: Partial<Record<ColumnName, number | string>> = {};
    for (const name of columnNames) {
      record[name] = isNumberColumn(name) ? this.numbers(name)[row]! : this.text(name, row);
    }
    return record as RequestRecord;
  }

  *rows(): Generator<RequestRecord> {
    for (let row = 0; row < this.#length; row++) yield this.row(row);
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const [name, column] of this.#numbers) {
      const larger = new Float64Array(this.#capacity);
      larger.set(column);
      this.#numbers.set(name, larger);
    }
    for (const column of this.#texts.values()) column.grow(this.#capacity);
  }
}

/** Few distinct strings over many rows: a dictionary and one code per row. */
class TextStore {
  readonly #codeOf = new Map<string, number>();
  readonly #values: string[] = [];
  #codes: Uint32Array;

  constructor(capacity: number) {
    this.#codes = new Uint32Array(capacity);
  }

  set(row: number, value: string): void {
    let code = this.#codeOf.get(value);
    if (code === undefined) {
      code = this.#values.push(value) - 1;
      this.#codeOf.set(value, code);
    }
    this.#codes[row] = code;
  }

  get(row: number): string {
    return this.#values[this.#codes[row]!]!;
  }

  grow(capacity: number): void {
    const larger = new Uint32Array(capacity);
    larger.set(this.#codes);
    this.#codes = larger;
  }
}
