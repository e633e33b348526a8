/**
 * One row per request, the same for a simulated and a live run. Times are microseconds from the
 * start of the run; NaN stands for "not reached". Every percentile, goodput figure and export
 * derives from these columns and from nothing else.
 */
export const recordColumns = {
  id: { kind: 'number', about: 'position in the request stream' },
  tenant: { kind: 'text', about: 'who sent it' },
  session: { kind: 'number', about: 'the conversation or job it is part of; 0 for none' },
  turn: { kind: 'number', about: 'its round in the session, from 1; 0 without a session' },
  turns: { kind: 'number', about: 'how many rounds its session has, if nobody cuts it short' },
  inputTokens: { kind: 'number', about: 'prompt tokens' },
  cachedTokens: { kind: 'number', about: 'prompt tokens found in the prefix cache' },
  outputTokens: { kind: 'number', about: 'tokens generated' },
  intendedUs: {
    kind: 'number',
    about: 'when the schedule wanted it sent; latency counts from here',
  },
  sentUs: { kind: 'number', about: 'when the client really sent it, for the last time' },
  dispatchedUs: { kind: 'number', about: 'when the gateway gave it to a replica' },
  scheduledUs: { kind: 'number', about: 'when the engine first ran a part of it' },
  firstTokenUs: { kind: 'number', about: 'first token' },
  lastTokenUs: { kind: 'number', about: 'last token' },
  endUs: { kind: 'number', about: 'end of the stream, or the error' },
  gapMaxUs: { kind: 'number', about: 'longest gap between two tokens' },
  preemptions: { kind: 'number', about: 'times the engine took its KV blocks away' },
  tries: { kind: 'number', about: 'times the client sent it' },
  attempts: { kind: 'number', about: 'replicas tried in the last of them' },
  replica: { kind: 'text', about: 'the replica that served the last attempt' },
  outcome: {
    kind: 'text',
    about: 'ok, failed, timeout, rejected, cancelled or truncated',
  },
} as const satisfies Record<string, { kind: 'number' | 'text'; about: string }>;

type Columns = typeof recordColumns;
export type ColumnName = keyof Columns;
export type NumberColumn = {
  [K in ColumnName]: Columns[K]['kind'] extends 'number' ? K : never;
}[ColumnName];
export type TextColumn = Exclude<ColumnName, NumberColumn>;

/**
 * `rejected`: refused before any replica saw it. `failed`: a replica began and did not finish.
 * `timeout`: the client lost its patience. `cancelled`: its user went away, which is nobody's
 * fault. `truncated`: still running at the hard end of the run.
 */
export const outcomes = ['ok', 'failed', 'timeout', 'rejected', 'cancelled', 'truncated'] as const;
export type Outcome = (typeof outcomes)[number];

export type RequestRecord = { [K in NumberColumn]: number } & {
  [K in Exclude<TextColumn, 'outcome'>]: string;
} & { outcome: Outcome };

export const columnNames = Object.keys(recordColumns) as ColumnName[];

export function isNumberColumn(name: ColumnName): name is NumberColumn {
  return recordColumns[name].kind === 'number';
}

/** How many requests had which outcome. */
export type OutcomeCount = Record<Outcome, number>;

export function noOutcomes(): OutcomeCount {
  return Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as OutcomeCount;
}
