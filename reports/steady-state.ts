import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import type { RecordLog } from '../core/record-log.ts';
import { US_PER_S } from '../core/time.ts';

/** What is counted of a run holds a part of its warm-up, or the run never came to rest. */
export type Unsteadiness =
  | { readonly kind: 'warming'; readonly untilUs: number }
  | { readonly kind: 'drifting' };

/** A quantity in the course of a run, in order of time. */
export interface Series {
  readonly timesUs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * Looks at the time to first token and at how many requests were in the system, from the start of
 * the run on. Undefined where both were as steady from the start of the window as at its end.
 */
export function unsteadinessOf(log: RecordLog, window: MeasuredWindow): Unsteadiness | undefined {
  const found = [ttftSeries(log, window), inSystemSeries(log, window)]
    .map((series) => unsteadySeries(series, window.fromUs))
    .filter((one) => one !== undefined);
  const warming = found.filter((one) => one.kind === 'warming');
  if (found.length === 0) return undefined;
  if (warming.length < found.length) return { kind: 'drifting' };
  return { kind: 'warming', untilUs: Math.max(...warming.map(({ untilUs }) => untilUs)) };
}

const batch = 5;
/** With fewer batches nothing can be told from chance. */
const fewestBatches = 20;
/** The part that is steady is cut into so many pieces, to see how far chance alone takes them. */
const pieces = 8;
/** Of t with seven degrees of freedom 0.3 %; where to cut was chosen by the data, too. */
const mostDeviations = 4.5;
/** A bias of the mean that is smaller does no harm. */
const smallBias = 0.02;

/**
 * MSER-5 (White, Cobb and Spratt 2000) says from where on a series is steady. It always says
 * something, so that is only believed when what the window holds before is further from the rest
 * than chance would have it, and shifts the mean of the window.
 */
export function unsteadySeries(series: Series, fromUs: number): Unsteadiness | undefined {
  const means = batchMeans(series.values);
  if (means.length < fewestBatches) return undefined;
  const settled = truncationPoint(means);
  const startOf = (index: number) => series.timesUs[index * batch]!;
  let from = 0;
  while (from < settled && startOf(from) < fromUs) from += 1;
  if (from >= settled) return undefined;
  const early = means.subarray(from, settled);
  const late = means.subarray(settled);
  if (!differs(early, late)) return undefined;
  // A better place to cut may lie in the second half, and too little would be left behind it.
  if (settled >= lastCut(means.length)) return { kind: 'drifting' };
  return { kind: 'warming', untilUs: startOf(settled) };
}

/** The number of batches to leave out: what is left then has the mean that is known best. */
export function truncationPoint(means: Float64Array): number {
  let [sum, squares, best, bestAt] = [0, 0, Number.POSITIVE_INFINITY, 0];
  for (let at = means.length - 1; at >= 0; at--) {
    const left = means.length - at;
    sum += means[at]!;
    squares += means[at]! ** 2;
    const error = Math.max(0, squares - sum ** 2 / left) / left ** 2;
    // At a tie the shorter truncation, but for what rounding leaves of a constant.
    if (at <= lastCut(means.length) && error <= best + (1e-12 * squares) / left ** 2)
      [best, bestAt] = [Math.min(best, error), at];
  }
  return bestAt;
}

function lastCut(batches: number): number {
  return Math.floor(batches / 2);
}

function differs(early: Float64Array, late: Float64Array): boolean {
  const [before, after] = [meanOf(early), meanOf(late)];
  const biasOfMean = ((before - after) * early.length) / (early.length + late.length);
  if (!(Math.abs(biasOfMean) > smallBias * Math.abs(after))) return false;
  const length = Math.max(1, Math.min(early.length, Math.floor(late.length / pieces)));
  const variance = varianceOf(meansOf(late, length)) * length;
  const chance = Math.sqrt(variance / early.length + variance / late.length);
  return Math.abs(before - after) > mostDeviations * chance;
}

function batchMeans(values: ArrayLike<number>): Float64Array {
  return meansOf(values, batch);
}

function meansOf(values: ArrayLike<number>, length: number): Float64Array {
  const means = new Float64Array(Math.floor(values.length / length));
  for (let i = 0; i < means.length * length; i++) means[Math.floor(i / length)]! += values[i]!;
  return means.map((sum) => sum / length);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** By the time for which they were meant. */
function ttftSeries(log: RecordLog, { untilUs }: MeasuredWindow): Series {
  const intended = log.numbers('intendedUs');
  const first = log.numbers('firstTokenUs');
  const rows: number[] = [];
  for (let row = 0; row < log.length; row++) {
    if (intended[row]! < untilUs && !Number.isNaN(first[row])) rows.push(row);
  }
  rows.sort((a, b) => intended[a]! - intended[b]!);
  return {
    timesUs: rows.map((row) => intended[row]!),
    values: rows.map((row) => first[row]! - intended[row]!),
  };
}

/** Means of a second each, or of a hundredth of a run that is shorter. */
function inSystemSeries(log: RecordLog, { untilUs }: MeasuredWindow): Series {
  const spanUs = Math.min(US_PER_S, Math.ceil(untilUs / 100));
  const values = new Float64Array(Math.floor(untilUs / spanUs));
  const intended = log.numbers('intendedUs');
  const ends = log.numbers('endUs');
  for (let row = 0; row < log.length; row++) {
    const startUs = intended[row]!;
    const endUs = Number.isNaN(ends[row]!) ? untilUs : Math.min(untilUs, ends[row]!);
    if (!inWindow({ fromUs: 0, untilUs }, startUs)) continue;
    for (let at = Math.floor(startUs / spanUs); at < values.length && at * spanUs < endUs; at++) {
      const overlapUs = Math.min(endUs, (at + 1) * spanUs) - Math.max(startUs, at * spanUs);
      values[at]! += overlapUs / spanUs;
    }
  }
  return { timesUs: values.map((_value, at) => at * spanUs), values };
}
