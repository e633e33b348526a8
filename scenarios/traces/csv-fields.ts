import { BadRow, printed } from './bad-rows.ts';
import type { Line } from './line-splitter.ts';
import { mostTokens } from './trace-row.ts';

const comma = 44;
const quote = 34;
const zero = 48;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The fields of a line, split and read as bytes: strings for every line would take most of the time
 * of a large trace. Lent, like the line itself.
 */
export class CsvFields {
  count = 0;
  bytes: Uint8Array = new Uint8Array(0);
  /** Of each field, the quotes around it left out. */
  readonly from: number[] = [];
  readonly to: number[] = [];

  split(line: Line): void {
    const { bytes, to: end } = line;
    this.bytes = bytes;
    this.count = 0;
    let at = line.from;
    for (;;) {
      const quoted = bytes[at] === quote;
      const from = quoted ? at + 1 : at;
      const to = quoted ? closingQuote(bytes, from, end) : nextComma(bytes, from, end);
      this.from[this.count] = from;
      this.to[this.count] = to;
      this.count += 1;
      at = quoted ? to + 1 : to;
      if (at >= end) return;
      if (bytes[at] !== comma) throw new BadRow('text follows a closing quote. Write a comma.');
      at += 1;
    }
  }

  isEmpty(field: number): boolean {
    return this.from[field] === this.to[field];
  }

  text(field: number): string {
    const bytes = this.bytes.subarray(this.from[field]!, this.to[field]!);
    try {
      return decoder.decode(bytes).replaceAll('""', '"');
    } catch {
      throw new BadRow('this is not UTF-8 text. Save the file as UTF-8.');
    }
  }

  /** Not negative; NaN for anything else. Plain digits are read without making a string. */
  number(field: number): number {
    const { bytes } = this;
    const from = this.from[field]!;
    const to = this.to[field]!;
    let value = 0;
    for (let at = from; at < to; at++) {
      const digit = bytes[at]! - zero;
      if (digit < 0 || digit > 9) return plainNumber(this.text(field));
      value = value * 10 + digit;
    }
    return to > from ? value : Number.NaN;
  }

  tokens(field: number, { name, min }: { name: string; min: number }): number {
    const value = this.number(field);
    if (Number.isInteger(value) && value >= min && value <= mostTokens) return value;
    throw new BadRow(
      `${name} is ${printed(this.text(field))}; write a whole number from ${min} to ${mostTokens}.`,
    );
  }
}

function nextComma(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== comma) at += 1;
  return at;
}

/** A doubled quote stands for one and closes nothing. */
function closingQuote(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] !== quote) continue;
    if (bytes[at + 1] !== quote || at + 1 >= end) return at;
    at += 1;
  }
  throw new BadRow('a quote is not closed.');
}

/** Spreadsheets and pandas write "374.0" and " 374". */
function plainNumber(text: string): number {
  return /^\s*\d+(\.\d*)?(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
}
