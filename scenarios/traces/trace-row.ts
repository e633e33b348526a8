/**
 * One request as a trace tells of it. All fields are always there, so that millions of rows have
 * one shape.
 */
export interface TraceRow {
  /** Where it stands in the file, as an editor counts; 0 where rows are made from a model. */
  readonly line: number;
  /** Whole microseconds from the first row of the trace, or from the start of the window. */
  readonly arrivalUs: number;
  readonly promptTokens: number;
  /** The true length of the answer; strategies must not see it. */
  readonly outputTokens: number;
  readonly tenant: string | undefined;
  readonly session: string | undefined;
  /** From 1. */
  readonly turn: number | undefined;
  readonly adapter: string | undefined;
  readonly priority: number | undefined;
  /** Tokens of a full block; the last block of a prompt may be partial. */
  readonly blockTokens: number | undefined;
  /** Ids of the blocks the prompt consists of: equal ids are equal text. */
  readonly blocks: readonly number[] | undefined;
}

/** What a format hands on: time is still the file's own, in microseconds since whenever. */
export type DraftRow = { -readonly [K in keyof TraceRow]: TraceRow[K] };

type Required = Pick<TraceRow, 'line' | 'arrivalUs' | 'promptTokens' | 'outputTokens'>;

export function draftRow(row: Required & Partial<TraceRow>): DraftRow {
  return {
    line: row.line,
    arrivalUs: row.arrivalUs,
    promptTokens: row.promptTokens,
    outputTokens: row.outputTokens,
    tenant: row.tenant,
    session: row.session,
    turn: row.turn,
    adapter: row.adapter,
    priority: row.priority,
    blockTokens: row.blockTokens,
    blocks: row.blocks,
  };
}

/** Longer prompts and answers are taken for slips. */
export const mostTokens = 10_000_000;
