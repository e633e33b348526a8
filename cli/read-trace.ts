import { statSync } from 'node:fs';
import { FairleadError } from '../core/errors.ts';
import { mostRequests } from '../scenarios/asked-rate.ts';
import { TraceColumns } from '../scenarios/traces/trace-columns.ts';
import type { TraceDecoderOptions, TraceSummary } from '../scenarios/traces/trace-decoder.ts';
import { openTraceFile } from '../scenarios/traces/trace-file.ts';
import type { TraceRow } from '../scenarios/traces/trace-row.ts';
import { startProgress } from './progress.ts';

export interface ReadTrace {
  readonly columns: TraceColumns;
  readonly summary: TraceSummary;
}

/** Reads as much of a trace as a run can hold; `name` is what messages call it. */
export async function readTrace(path: string, options: TraceDecoderOptions): Promise<ReadTrace> {
  const columns = new TraceColumns();
  const summary = await readRows(path, options, (row) => columns.append(row));
  return { columns, summary };
}

/** Hands over the rows one by one, and keeps none of them. */
export async function readRows(
  path: string,
  { name, ...options }: TraceDecoderOptions,
  take: (row: TraceRow) => void,
): Promise<TraceSummary> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const progress = size > longFileBytes ? startProgress(`reading ${name}`, size) : undefined;
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
    progress?.update(bytes);
  };
  const reading = openTraceFile(path, options, onBytes);
  let taken = 0;
  try {
    for await (const rows of reading.batches()) {
      for (const row of rows) take(row);
      taken += rows.length;
      if (taken > mostRequests) throw tooLong(name);
    }
  } finally {
    progress?.stop();
  }
  const summary = reading.summary!;
  if (summary.kept === 0) throw empty(name, summary.read);
  return summary;
}

const longFileBytes = 20_000_000;

function tooLong(name: string): FairleadError {
  const message = `${name}: more than ${mostRequests} rows, and a run holds no more. Read a part: "play: { untilS: 3600 }" in a scenario, --until 3600 on the command line.`;
  return new FairleadError('TRACE_OPTIONS', message);
}

function empty(name: string, rows: number): FairleadError {
  const message = `${name}: none of its ${rows} rows is played. Check fromS, untilS and sampleSessions.`;
  return new FairleadError('TRACE_OPTIONS', message);
}
