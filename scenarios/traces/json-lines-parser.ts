import type { BadRows } from './bad-rows.ts';
import { BadRow } from './bad-rows.ts';
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

/**
 * That there are as many ids as the prompt has blocks. Some producers leave the partial last block
 * out; where that is so, it must be said.
 */
export function checkBlockCount(options: {
  readonly ids: readonly number[];
  readonly promptTokens: number;
  readonly blockTokens: number;
  readonly lastMayLack?: boolean;
}): void {
  const { ids, promptTokens, blockTokens, lastMayLack = false } = options;
  const whole = Math.floor(promptTokens / blockTokens);
  const needed = Math.ceil(promptTokens / blockTokens);
  if (ids.length === needed || (lastMayLack && ids.length === whole)) return;
  const other = usualBlockTokens.find((size) => Math.ceil(promptTokens / size) === ids.length);
  const advice = other === undefined ? '' : ` Write blockTokens: ${other}?`;
  throw new BadRow(
    `${ids.length} hash_ids, but ${promptTokens} tokens are ${needed} blocks of ${blockTokens}.${advice}`,
  );
}

const usualBlockTokens = [16, 32, 64, 128, 256, 512, 1_024];
