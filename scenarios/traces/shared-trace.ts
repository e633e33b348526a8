import { assert } from '../../core/assert.ts';
import { Dictionary } from '../../core/dictionary.ts';
import { AppendRule } from './append-rule.ts';
import type { TraceColumns } from './trace-columns.ts';
import type { TraceRow } from './trace-row.ts';

/**
 * A trace as simulations play it: plain data whose columns all threads read in one and the same
 * memory. Sessions and blocks are numbers without gaps, whatever the file calls them.
 */
export interface SharedTrace {
  readonly rows: number;
  /** From the start of the trace, or of its window, to the last row. */
  readonly lastUs: number;
  /** False where the file has no times, so that all arrivals are 0. */
  readonly timed: boolean;
  /** Of what is in the columns, so that the same name does not stand for two traces. */
  readonly fingerprint: string;
  readonly tenants: readonly string[];
  readonly adapters: readonly string[];
  /** How many there are. */
  readonly sessions: number;
  readonly blocks: number;
  readonly columns: { readonly [Name in keyof typeof columnTypes]: SharedArrayBuffer };
}

/** Numbers of tenants, sessions and adapters are from 1, and 0 is none. */
export const columnTypes = {
  arrivalUs: Float64Array,
  promptTokens: Uint32Array,
  outputTokens: Uint32Array,
  tenant: Uint32Array,
  session: Uint32Array,
  turn: Uint32Array,
  adapter: Uint32Array,
  /** NaN where the trace has none. */
  priority: Float64Array,
  /** 0 where a row has no blocks. */
  blockTokens: Uint32Array,
  /** The blocks of a row end here, and begin where those of the row before end. */
  blocksEnd: Float64Array,
  blocks: Uint32Array,
} as const;

export type ColumnName = keyof typeof columnTypes;

export type ColumnViews = {
  readonly [Name in ColumnName]: InstanceType<(typeof columnTypes)[Name]>;
};

export interface ShareOptions {
  readonly timed: boolean;
  /** Rows that name no session are given the one their blocks tell of. */
  readonly inferSessions: boolean;
  readonly fingerprint: (columns: SharedTrace['columns']) => string;
}

export function shareTrace(trace: TraceColumns, options: ShareOptions): SharedTrace {
  let allBlocks = 0;
  for (const { blocks = [] } of trace.rows()) allBlocks += blocks.length;
  const columns = newColumns(trace.length, allBlocks);
  const views = columnViews({ columns });
  const names = new Names(options.inferSessions);
  let end = 0;
  let row = 0;
  for (const read of trace.rows()) {
    fillRow(views, row, read, names);
    for (const id of read.blocks ?? []) views.blocks[end++] = names.block(id);
    views.blocksEnd[row] = end;
    row += 1;
  }
  return {
    rows: trace.length,
    lastUs: trace.arrivalUs(trace.length - 1),
    timed: options.timed,
    fingerprint: options.fingerprint(columns),
    tenants: names.tenants.texts,
    adapters: names.adapters.texts,
    sessions: names.sessions,
    blocks: names.blocks,
    columns,
  };
}

export function columnViews({ columns }: Pick<SharedTrace, 'columns'>): ColumnViews {
  const names = Object.keys(columnTypes) as ColumnName[];
  // The types of some libraries know of unshared buffers only.
  const bufferOf = (name: ColumnName) => columns[name] as unknown as ArrayBuffer;
  const views = names.map((name) => [name, new columnTypes[name](bufferOf(name))]);
  return Object.fromEntries(views) as unknown as ColumnViews;
}

function newColumns(rows: number, blocks: number): SharedTrace['columns'] {
  const buffers = Object.entries(columnTypes).map(([name, { BYTES_PER_ELEMENT: bytes }]) => [
    name,
    new SharedArrayBuffer(bytes * (name === 'blocks' ? blocks : rows)),
  ]);
  return Object.fromEntries(buffers) as SharedTrace['columns'];
}

function fillRow(views: ColumnViews, row: number, read: TraceRow, names: Names): void {
  const { session, turn } = names.session(read);
  views.arrivalUs[row] = read.arrivalUs;
  views.promptTokens[row] = read.promptTokens;
  views.outputTokens[row] = read.outputTokens;
  views.tenant[row] = names.tenants.codeOf(read.tenant);
  views.session[row] = session;
  views.turn[row] = turn;
  views.adapter[row] = names.adapters.codeOf(read.adapter);
  views.priority[row] = read.priority ?? Number.NaN;
  views.blockTokens[row] = read.blocks === undefined ? 0 : read.blockTokens!;
}

/** Gives numbers to what a trace names. */
class Names {
  readonly tenants = new OptionalNames();
  readonly adapters = new OptionalNames();
  sessions = 0;
  readonly #named = new OptionalNames();
  /** Turns so far, where the rows do not count them. */
  readonly #turns: number[] = [];
  readonly #sessionOfName: number[] = [];
  readonly #sessionOfInferred: number[] = [];
  readonly #blocks = new Map<number, number>();
  readonly #rule: AppendRule | undefined;

  constructor(inferSessions: boolean) {
    this.#rule = inferSessions ? new AppendRule() : undefined;
  }

  get blocks(): number {
    return this.#blocks.size;
  }

  block(id: number): number {
    const known = this.#blocks.get(id);
    if (known !== undefined) return known;
    const number = this.#blocks.size;
    assert(number < 2 ** 32, 'block numbers have 32 bits');
    this.#blocks.set(id, number);
    return number;
  }

  session(row: TraceRow): { session: number; turn: number } {
    if (row.session === undefined) return this.#inferred(row);
    const session = this.#numberAt(this.#sessionOfName, this.#named.codeOf(row.session));
    const turn = row.turn ?? (this.#turns[session] ?? 0) + 1;
    this.#turns[session] = turn;
    return { session, turn };
  }

  #inferred(row: TraceRow): { session: number; turn: number } {
    if (this.#rule === undefined || row.blocks === undefined) return { session: 0, turn: 0 };
    const { session, turn } = this.#rule.next(row);
    return { session: this.#numberAt(this.#sessionOfInferred, session), turn };
  }

  #numberAt(numbers: number[], index: number): number {
    numbers[index] ??= ++this.sessions;
    return numbers[index];
  }
}

/** Names by number from 1; 0 is no name. */
class OptionalNames {
  readonly texts: string[] = [];
  readonly #dictionary = new Dictionary();

  codeOf(name: string | undefined): number {
    if (name === undefined) return 0;
    const code = this.#dictionary.codeOf(name) + 1;
    if (code > this.texts.length) this.texts.push(name);
    return code;
  }
}
