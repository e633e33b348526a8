import { FairleadError } from '../../core/errors.ts';
import { BadRows } from './bad-rows.ts';
import { chooseFormat, headBytes, headOf } from './detect-format.ts';
import { type PlayOptions, parseOptions, parsePlay } from './play-options.ts';
import type { TraceParser } from './trace-format.ts';
import { type RowCounts, TracePlayer } from './trace-player.ts';
import { TraceReading } from './trace-reading.ts';
import type { TraceRow } from './trace-row.ts';

export interface TraceDecoderOptions {
  /** Of the file, for messages and to know its format by. */
  readonly name: string;
  /** Found out from the file where it is not given. */
  readonly format?: string | undefined;
  /** Those of the format. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Those of any trace; see `playSchema`. */
  readonly play?: Readonly<Record<string, unknown>> | undefined;
}

/** What a user must know to trust what was read. */
export interface TraceSummary extends RowCounts {
  readonly name: string;
  readonly format: string;
  /** False where the file has no times, so that all arrivals are 0. */
  readonly timed: boolean;
  readonly assumed: TraceParser['assumed'];
  /** Rows that could not be read and that `skipBad` let pass; the first messages about them. */
  readonly bad: number;
  readonly badMessages: readonly string[];
  readonly notes: readonly string[];
}

const newline = 10;

/** Makes rows of the unpacked bytes of a trace, as they come. */
export class TraceDecoder {
  readonly #options: TraceDecoderOptions;
  readonly #play: PlayOptions;
  readonly #bad: BadRows;
  #head = new Uint8Array(0);
  #reading: TraceReading | undefined;

  constructor(options: TraceDecoderOptions) {
    this.#options = options;
    this.#play = parsePlay(options.play ?? {}, options.name);
    this.#bad = new BadRows(options.name, this.#play.skipBad);
  }

  /** Nothing that may follow is inside the window. */
  get finished(): boolean {
    return this.#reading?.player.finished ?? false;
  }

  /** Of the last row that came, or of the last line while the format is not known. */
  get lastLine(): number {
    return this.#reading?.lastLine ?? this.#head.filter((byte) => byte === newline).length;
  }

  push(bytes: Uint8Array): TraceRow[] {
    if (this.#reading !== undefined) return this.#reading.push(bytes);
    this.#head = concatenated(this.#head, bytes);
    return this.#head.length < headBytes ? [] : this.#start();
  }

  /** The rest, which a model may make without end: so one after the other. */
  *end(): Generator<TraceRow> {
    if (this.#reading === undefined) yield* this.#start();
    const reading = this.#reading!;
    yield* reading.rest();
    if (reading.player.counts.read + this.#bad.count > 0) return;
    const message = `${this.#options.name}:1: there is no row in the file.`;
    throw new FairleadError('TRACE_INVALID', message);
  }

  /** What is known so far; undefined until the format is. */
  get summary(): TraceSummary | undefined {
    if (this.#reading === undefined) return undefined;
    const { kind, parser, player } = this.#reading;
    const ticks = player.tickUs === 0 ? {} : { dequantizeMs: player.tickUs / 1_000 };
    return {
      name: this.#options.name,
      format: kind,
      timed: parser.untimed !== true,
      assumed: { ...parser.assumed, ...ticks },
      ...player.counts,
      bad: this.#bad.count,
      badMessages: this.#bad.messages,
      notes: parser.notes?.() ?? [],
    };
  }

  #start(): TraceRow[] {
    const { name, format: kind, options = {} } = this.#options;
    if (this.#head.length === 0) {
      throw new FairleadError('TRACE_INVALID', `${name}: the file is empty.`);
    }
    const format = chooseFormat(headOf(name, this.#head), kind);
    const parsed = parseOptions(format.schema, { ...options, kind: format.kind }, name);
    const context = { name, bad: this.#bad, seed: this.#play.seed };
    const parser = format.create(parsed, context);
    const player = new TracePlayer({
      file: name,
      play: this.#play,
      traits: parser,
      bad: this.#bad,
    });
    const sort = this.#play.sort ?? parser.unordered ?? false;
    this.#reading = new TraceReading({ kind: format.kind, parser, player, sort });
    return this.#reading.push(this.#head);
  }
}

function concatenated(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
