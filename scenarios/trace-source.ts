import { lowerBound } from '../core/lower-bound.ts';
import type { Passage } from '../core/passage.ts';
import { type Random, randomIndex } from '../core/random.ts';
import type { ArrivalProcess } from './arrivals.ts';
import type { RequestMaker } from './request-maker.ts';
import type { RequestSpec } from './request-stream.ts';
import type { TenantSource } from './tenant-source.ts';
import type { Texts } from './texts.ts';
import { type ColumnViews, columnViews, type SharedTrace } from './traces/shared-trace.ts';

export interface TraceSourceOptions {
  readonly trace: SharedTrace;
  readonly repeat: boolean;
  readonly rotate: boolean;
  readonly requests: RequestMaker;
  readonly texts: Texts;
  /** Sessions of this source are numbered from here. */
  readonly firstSession: number;
  /** Number in the scenario of each adapter of the trace. */
  readonly adapters: readonly number[];
  /** In place of the times of a trace that has none. */
  readonly arrivals?: ArrivalProcess | undefined;
  chance(purpose: string): Random;
}

/**
 * Plays the rows of a trace one after the other. After its last row a trace starts over as another
 * day: with sessions and texts of its own, because blocks that come back after a whole trace would
 * be found in caches where the trace itself had none. Between the laps lies a gap of mean length.
 *
 * Each seed begins at a moment of its own, drawn evenly over the lap, and so sees other arrivals
 * than the next; what it misses of the first lap comes only with a later day.
 */
export class TraceSource implements TenantSource {
  nextArrivalUs = Number.POSITIVE_INFINITY;
  readonly #options: TraceSourceOptions;
  readonly #views: ColumnViews;
  readonly #lapUs: number;
  /** Time of the run at which the present lap begins, most often before the run does. */
  #lapStartUs: number;
  #row: number;
  #lap = 0;
  #firstText: number;

  constructor(options: TraceSourceOptions) {
    const { chance, rotate, texts, trace } = options;
    this.#options = options;
    this.#views = columnViews(trace);
    this.#lapUs = lapUs(trace);
    this.#firstText = texts.reserve(trace.blocks);
    const start = chance('trace');
    if (options.arrivals !== undefined) {
      this.#row = rotate ? randomIndex(start, trace.rows) : 0;
      this.#lapStartUs = 0;
    } else {
      const offsetUs = rotate ? randomIndex(start, this.#lapUs) : 0;
      this.#lapStartUs = -offsetUs;
      this.#row = lowerBound(this.#views.arrivalUs, offsetUs);
    }
    this.#schedule();
  }

  next(id: number): RequestSpec {
    const { adapters, requests, texts } = this.#options;
    const views = this.#views;
    const row = this.#row;
    const session = views.session[row]!;
    const own = texts.unique();
    const prompt = this.#prompt(row, own);
    const last = prompt.at(-1)!;
    const priority = views.priority[row]!;
    const request = requests.make({
      id,
      arrivalUs: this.nextArrivalUs,
      tenant: views.tenant[row]!,
      session: session === 0 ? 0 : this.#firstSession + session,
      turn: views.turn[row]!,
      turns: 0,
      prompt,
      promptTokens: views.promptTokens[row]!,
      outputTokens: views.outputTokens[row]!,
      answer: { text: own, from: last.text === own ? last.tokens : 0 },
      patienceUs: requests.nextPatienceUs(),
      adapter: views.adapter[row] === 0 ? undefined : adapters[views.adapter[row]! - 1],
      priority: Number.isNaN(priority) ? undefined : priority,
    });
    this.#row += 1;
    this.#schedule();
    return request;
  }

  get #firstSession(): number {
    return this.#options.firstSession + this.#lap * this.#options.trace.sessions - 1;
  }

  /** Each block is a text of its own; the rest of a prompt is a text that nobody else says. */
  #prompt(row: number, own: number): Passage[] {
    const { blocks, blocksEnd, blockTokens, promptTokens } = this.#views;
    const passages: Passage[] = [];
    let left = promptTokens[row]!;
    for (let at = row === 0 ? 0 : blocksEnd[row - 1]!; at < blocksEnd[row]!; at++) {
      const tokens = Math.min(blockTokens[row]!, left);
      passages.push({ text: this.#firstText + blocks[at]!, from: 0, tokens });
      left -= tokens;
    }
    if (left > 0) passages.push({ text: own, from: 0, tokens: left });
    return passages;
  }

  #schedule(): void {
    const { arrivals, repeat, texts, trace } = this.#options;
    if (this.#row >= trace.rows) {
      this.nextArrivalUs = Number.POSITIVE_INFINITY;
      if (!repeat) return;
      this.#row = 0;
      this.#lap += 1;
      this.#lapStartUs += this.#lapUs;
      this.#firstText = texts.reserve(trace.blocks);
    }
    this.nextArrivalUs =
      arrivals === undefined
        ? this.#lapStartUs + this.#views.arrivalUs[this.#row]!
        : Math.round(arrivals.nextUs());
  }
}

/** From the start of the trace to that of its repetition. */
export function lapUs({ lastUs, rows }: Pick<SharedTrace, 'lastUs' | 'rows'>): number {
  return Math.max(1, Math.round(lastUs + lastUs / Math.max(1, rows - 1)));
}

/** What the rows ask for on average. */
export function meanRow(trace: SharedTrace) {
  const { outputTokens, promptTokens } = columnViews(trace);
  const mean = (tokens: Uint32Array) => tokens.reduce((sum, n) => sum + n, 0) / trace.rows;
  return { requests: 1, promptTokens: mean(promptTokens), outputTokens: mean(outputTokens) };
}
