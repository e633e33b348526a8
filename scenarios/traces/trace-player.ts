import { type Random, randomStream } from '../../core/random.ts';
import { formatDurationUs, US_PER_MS, US_PER_S } from '../../core/time.ts';
import { AppendRule } from './append-rule.ts';
import type { BadRows } from './bad-rows.ts';
import type { PlayOptions } from './play-options.ts';
import { TickSpreader } from './tick-spreader.ts';
import type { TraceTraits } from './trace-format.ts';
import type { DraftRow, TraceRow } from './trace-row.ts';

export interface TracePlayerOptions {
  readonly file: string;
  readonly play: PlayOptions;
  readonly traits: TraceTraits;
  readonly bad: BadRows;
}

/** Rows by what became of them. */
export interface RowCounts {
  /** In the file, the bad ones not among them. */
  read: number;
  kept: number;
  /** Without an answer: the request failed, and is not replayed as one of length 0. */
  failed: number;
  /** Before `fromS` or after `untilS`. */
  outside: number;
  /** Of sessions that were not drawn. */
  notSampled: number;
}

/**
 * Brings rows, which come in the order of time, into simulated time: counted from the first row,
 * spread inside ticks, cut to the window, scaled; and leaves out what is not to be replayed.
 */
export class TracePlayer {
  readonly counts: RowCounts = { read: 0, kept: 0, failed: 0, outside: 0, notSampled: 0 };
  readonly tickUs: number;
  /** No row after this one can be inside the window. */
  finished = false;
  readonly #options: TracePlayerOptions;
  readonly #fromUs: number;
  readonly #untilUs: number;
  readonly #jitter: Random;
  readonly #spreader: TickSpreader | undefined;
  readonly #sessions = new AppendRule();
  #firstUs = Number.NaN;
  #lastUs = Number.NEGATIVE_INFINITY;

  constructor(options: TracePlayerOptions) {
    const { file, play, traits } = options;
    this.#options = options;
    this.#fromUs = play.fromS * US_PER_S;
    this.#untilUs = (play.untilS ?? Number.POSITIVE_INFINITY) * US_PER_S;
    const tickUs = play.dequantizeMs === undefined ? traits.tickUs : play.dequantizeMs * US_PER_MS;
    this.tickUs = traits.untimed === true ? 0 : (tickUs ?? 0);
    this.#jitter = randomStream(play.seed, 'trace/dequantize');
    this.#spreader = this.tickUs > 0 ? new TickSpreader(file) : undefined;
  }

  /** Adds the rows that are due to `out`. */
  push(row: DraftRow, out: TraceRow[]): void {
    if (Number.isNaN(this.#firstUs)) this.#firstUs = row.arrivalUs;
    const { rateScale } = this.#options.play;
    const sourceUs = row.arrivalUs - this.#firstUs;
    if (!this.#isSound(row, sourceUs)) return;
    this.#checkTick(row);
    this.#lastUs = row.arrivalUs;
    // Drawn for every row of the file, so that a row's place does not depend on what is left out.
    const jitterUs = this.#spreader === undefined ? 0 : this.#jitter() * this.tickUs;
    if (!this.#keeps(row, sourceUs)) return;
    const floorUs = Math.round((sourceUs - this.#fromUs) / rateScale);
    row.arrivalUs = Math.round((sourceUs - this.#fromUs + jitterUs) / rateScale);
    if (this.#spreader === undefined) out.push(row);
    else this.#spreader.push(row, floorUs, out);
  }

  end(out: TraceRow[]): void {
    this.#spreader?.end(out);
  }

  #isSound({ line, arrivalUs }: DraftRow, sourceUs: number): boolean {
    const { bad, play } = this.#options;
    if (arrivalUs < this.#lastUs) {
      const before = inSeconds(this.#lastUs - this.#firstUs);
      const advice = 'Write sort: true if the file is not in order of time.';
      bad.report(line, `time goes back from ${before} to ${inSeconds(sourceUs)}. ${advice}`);
      return false;
    }
    if ((sourceUs + this.tickUs) / play.rateScale <= Number.MAX_SAFE_INTEGER) return true;
    bad.report(line, `${inSeconds(sourceUs)} after the first row. Is the unit of time right?`);
    return false;
  }

  #keeps(row: DraftRow, sourceUs: number): boolean {
    const { counts } = this;
    counts.read += 1;
    const sampled = this.#isSampled(row);
    if (sourceUs < this.#fromUs || sourceUs >= this.#untilUs) {
      counts.outside += 1;
      this.finished = sourceUs >= this.#untilUs;
    } else if (row.outputTokens === 0) counts.failed += 1;
    else if (!sampled) counts.notSampled += 1;
    else {
      counts.kept += 1;
      return true;
    }
    return false;
  }

  /** By session; where the file names none, by what the prompts have in common. */
  #isSampled(row: DraftRow): boolean {
    const { sampleSessions, seed } = this.#options.play;
    if (sampleSessions === 1) return true;
    const session = row.session ?? this.#inferred(row);
    return randomStream(seed, `trace/sample/${session}`)() < sampleSessions;
  }

  #inferred(row: DraftRow): string {
    if (row.blocks === undefined) return `row ${this.counts.read}`;
    return `inferred ${this.#sessions.next(row).session}`;
  }

  /** Ticks cannot be so near to each other: the unit is not the one that was assumed. */
  #checkTick({ arrivalUs, line }: DraftRow): void {
    const gapUs = arrivalUs - this.#lastUs;
    if (gapUs === 0 || gapUs >= this.tickUs / 2) return;
    const gap = formatDurationUs(Math.round(gapUs));
    const tick = formatDurationUs(this.tickUs);
    this.#options.bad.fatal(
      line,
      `${gap} after the row before, but ticks of ${tick} were assumed. Write dequantizeMs: 0, or the unit of the file.`,
    );
  }
}

function inSeconds(us: number): string {
  return `${us / US_PER_S} s`;
}
