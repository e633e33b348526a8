/**
 * One row per request, the same for a simulated and a live run. Times are microseconds from the
 * start of the run; NaN stands for "not reached". Every percentile, goodput figure and export
 * derives from these columns and from nothing else.
 */
export const recordColumns = {
  id: { kind: 'number', about: 'position in the request stream' },
  tenant: { kind: 'text', about: 'who sent it' },
  inputTokens: { kind: 'number', about: 'prompt tokens' },
  outputTokens: { kind: 'number', about: 'tokens generated' },
  intendedUs: {
    kind: 'number',
    about: 'when the schedule wanted it sent; latency counts from here',
  },
  sentUs: { kind: 'number', about: 'when the client really sent it' },
  dispatchedUs: { kind: 'number', about: 'when the gateway gave it to a replica' },
  scheduledUs: { kind: 'number', about: 'when the engine first ran a part of it' },
  firstTokenUs: { kind: 'number', about: 'first token' },
  lastTokenUs: { kind: 'number', about: 'last token' },
  endUs: { kind: 'number', about: 'end of the stream, or the error' },
  gapMaxUs: { kind: 'number', about: 'longest gap between two tokens' },
  preemptions: { kind: 'number', about: 'times the engine took its KV blocks away' },
  attempts: { kind: 'number', about: 'replicas tried' },
  replica: { kind: 'text', about: 'the replica that served the last attempt' },
  outcome: { kind: 'text', about: 'ok, failed, rejected or truncated' },
} as const satisfies Record<string, { kind: 'number' | 'text'; about: string }>;

type Columns = typeof recordColumns;
export type ColumnName = keyof Columns;
export type NumberColumn = {
  [K in ColumnName]: Columns[K]['kind'] extends 'number' ? K : never;
}[ColumnName];
export type TextColumn = Exclude<ColumnName, NumberColumn>;

/**
 * `rejected`: refused before any replica saw it. `failed`: a replica began and did not finish.
 * `truncated`: still running at the hard end of the run.
 */
export const outcomes = ['ok', 'failed', 'rejected', 'truncated'] as const;
export type Outcome = (typeof outcomes)[number];

export type RequestRecord = { [K in NumberColumn]: number } & {
  [K in Exclude<TextColumn, 'outcome'>]: string;
} & { outcome: Outcome };

export const columnNames = Object.keys(recordColumns) as ColumnName[];

export function isNumberColumn(name: ColumnName): name is NumberColumn {
  return recordColumns[name].kind === 'number';
}
