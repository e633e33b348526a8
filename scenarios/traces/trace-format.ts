import type { z } from 'zod';
import { definePlugin, type Plugin } from '../../core/plugin.ts';
import type { BadRows } from './bad-rows.ts';
import type { DraftRow } from './trace-row.ts';

/** Turns the bytes of a file into rows, piece by piece and in bounded memory. */
export interface TraceParser extends TraceTraits {
  push(bytes: Uint8Array): DraftRow[];
  end(): Iterable<DraftRow>;
}

/** What is known of a trace before its first row is read. */
export interface TraceTraits {
  /** What the file does not say and the reader takes for granted; for the user to check. */
  readonly assumed: Readonly<Record<string, string | number | boolean>>;
  /** The file has no times: its rows are lengths, and all arrivals are 0. */
  readonly untimed?: boolean;
  /** Rows come in another order than that of time, so all are read before the first is played. */
  readonly unordered?: boolean;
  /** Times are known to be rounded to ticks of about this width. */
  readonly tickUs?: number;
  /** What was found out on the way. */
  notes?(): string[];
}

export interface TraceContext {
  readonly name: string;
  readonly bad: BadRows;
  readonly seed: number;
}

/** The beginning of a file, unpacked. */
export interface TraceHead {
  readonly name: string;
  /** Decoded as far as it can be, without a byte order mark. */
  readonly text: string;
  readonly firstLine: string;
}

export interface TraceFormat extends Plugin<TraceParser, TraceContext> {
  /** At most one format knows a file as its own. */
  detect(head: TraceHead): boolean;
}

export function defineTraceFormat<Shape extends z.ZodRawShape>({
  detect,
  ...plugin
}: Parameters<typeof definePlugin<Shape, TraceParser, TraceContext>>[0] &
  Pick<TraceFormat, 'detect'>): TraceFormat {
  return { ...definePlugin(plugin), detect };
}
