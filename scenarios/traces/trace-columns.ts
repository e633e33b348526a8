import { assert } from '../../core/assert.ts';
import { Dictionary } from '../../core/dictionary.ts';
import type { TraceRow } from './trace-row.ts';

const largestChunk = 65_536;

/**
 * A whole trace in memory, by column and without objects, so that a simulation can play it over
 * and over. The columns are cut into chunks; the block ids of a chunk lie one after the other.
 */
export class TraceColumns {
  readonly #chunkRows: number;
  readonly #chunks: Chunk[] = [];
  readonly #tenants = new OptionalNames();
  readonly #sessions = new OptionalNames();
  readonly #adapters = new OptionalNames();
  #length = 0;

  constructor(chunkRows = largestChunk) {
    assert(chunkRows >= 1, 'a chunk has room for a row');
    this.#chunkRows = chunkRows;
  }

  get length(): number {
    return this.#length;
  }

  append(row: TraceRow): void {
    const at = this.#length % this.#chunkRows;
    if (at === 0) this.#chunks.push(newChunk(this.#chunkRows));
    const chunk = this.#chunks[this.#chunks.length - 1]!;
    this.#length += 1;
    chunk.line[at] = row.line;
    chunk.arrivalUs[at] = row.arrivalUs;
    chunk.promptTokens[at] = row.promptTokens;
    chunk.outputTokens[at] = row.outputTokens;
    chunk.tenant[at] = this.#tenants.codeOf(row.tenant);
    chunk.session[at] = this.#sessions.codeOf(row.session);
    chunk.adapter[at] = this.#adapters.codeOf(row.adapter);
    chunk.turn[at] = row.turn ?? Number.NaN;
    chunk.priority[at] = row.priority ?? Number.NaN;
    chunk.blockTokens[at] = row.blocks === undefined ? 0 : row.blockTokens!;
    chunk.blocksEnd[at] = appendIds(chunk, row.blocks ?? [], blocksStart(chunk, at));
  }

  arrivalUs(row: number): number {
    return this.#chunkOf(row).arrivalUs[row % this.#chunkRows]!;
  }

  row(row: number): TraceRow {
    const chunk = this.#chunkOf(row);
    const at = row % this.#chunkRows;
    const blockTokens = chunk.blockTokens[at]!;
    return {
      line: chunk.line[at]!,
      arrivalUs: chunk.arrivalUs[at]!,
      promptTokens: chunk.promptTokens[at]!,
      outputTokens: chunk.outputTokens[at]!,
      tenant: this.#tenants.nameOf(chunk.tenant[at]!),
      session: this.#sessions.nameOf(chunk.session[at]!),
      turn: numberOrAbsent(chunk.turn[at]!),
      adapter: this.#adapters.nameOf(chunk.adapter[at]!),
      priority: numberOrAbsent(chunk.priority[at]!),
      blockTokens: blockTokens === 0 ? undefined : blockTokens,
      blocks: blockTokens === 0 ? undefined : Array.from(blocksAt(chunk, at)),
    };
  }

  *rows(): Generator<TraceRow> {
    for (let row = 0; row < this.#length; row++) yield this.row(row);
  }

  #chunkOf(row: number): Chunk {
    assert(row >= 0 && row < this.#length, `row ${row} is outside the trace`);
    return this.#chunks[Math.floor(row / this.#chunkRows)]!;
  }
}

interface Chunk {
  readonly line: Float64Array;
  readonly arrivalUs: Float64Array;
  readonly promptTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  readonly tenant: Uint32Array;
  readonly session: Uint32Array;
  readonly adapter: Uint32Array;
  readonly turn: Float64Array;
  readonly priority: Float64Array;
  /** 0 where a row has no blocks. */
  readonly blockTokens: Uint32Array;
  /** The blocks of a row end here in `ids`, and begin where those of the row before end. */
  readonly blocksEnd: Uint32Array;
  ids: Float64Array;
}

function newChunk(rows: number): Chunk {
  return {
    line: new Float64Array(rows),
    arrivalUs: new Float64Array(rows),
    promptTokens: new Uint32Array(rows),
    outputTokens: new Uint32Array(rows),
    tenant: new Uint32Array(rows),
    session: new Uint32Array(rows),
    adapter: new Uint32Array(rows),
    turn: new Float64Array(rows),
    priority: new Float64Array(rows),
    blockTokens: new Uint32Array(rows),
    blocksEnd: new Uint32Array(rows),
    ids: new Float64Array(0),
  };
}

function blocksStart(chunk: Chunk, at: number): number {
  return at === 0 ? 0 : chunk.blocksEnd[at - 1]!;
}

function blocksAt(chunk: Chunk, at: number): Float64Array {
  return chunk.ids.subarray(blocksStart(chunk, at), chunk.blocksEnd[at]);
}

/** Where the ids end. */
function appendIds(chunk: Chunk, ids: readonly number[], from: number): number {
  const end = from + ids.length;
  if (end > chunk.ids.length) {
    const grown = new Float64Array(Math.max(end, 2 * chunk.ids.length, 1_024));
    grown.set(chunk.ids.subarray(0, from));
    chunk.ids = grown;
  }
  chunk.ids.set(ids, from);
  return end;
}

function numberOrAbsent(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** Names by number; 0 is no name. */
class OptionalNames {
  readonly #names = new Dictionary();

  codeOf(name: string | undefined): number {
    return name === undefined ? 0 : this.#names.codeOf(name) + 1;
  }

  nameOf(code: number): string | undefined {
    return code === 0 ? undefined : this.#names.textOf(code - 1);
  }
}
