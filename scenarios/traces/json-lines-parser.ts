import type { BadRows } from './bad-rows.ts';
import { type JsonObject, parseObject } from './json-fields.ts';
import { lineParser } from './line-parser.ts';
import type { TraceParser, TraceTraits } from './trace-format.ts';
import type { DraftRow } from './trace-row.ts';

export interface JsonLinesParserOptions {
  readonly bad: BadRows;
  readonly traits: TraceTraits;
  readonly longestBytes?: number;
  /** Adds the rows of an object. */
  read(object: JsonObject, line: number, rows: DraftRow[]): void;
}

/** A format with one JSON object a line. */
export function jsonLinesParser({ read, ...options }: JsonLinesParserOptions): TraceParser {
  return lineParser({
    ...options,
    read(line, rows) {
      read(parseObject(line.bytes.subarray(line.from, line.to)), line.number, rows);
    },
  });
}
