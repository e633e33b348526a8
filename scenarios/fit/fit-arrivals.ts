import { formatDurationUs, US_PER_S } from '../../core/time.ts';
import type { PluginOptions } from '../scenario.ts';
import { type ArrivalModel, bursting, drifting, rounded, steady } from './arrival-models.ts';
import { type Burstiness, burstinessOf, figuresOf, simulatedBurstiness } from './burstiness.ts';
import { minimise } from './nelder-mead.ts';
import { findSpells } from './spells.ts';

export interface FittedArrivals {
  readonly options: PluginOptions;
  readonly trace: Burstiness;
  /** Of runs that had no part in the search. */
  readonly fitted: Burstiness;
}

/** Arrivals that one run of a search step may draw, in all of its runs together. */
const firstDraws = 60_000;
const finalDraws = 300_000;
const mostRuns = 40;
/** Good enough to look for nothing better, or for nothing less simple. */
const fineError = 0.06;
const simpleError = 0.12;

/**
 * Finds an arrival process that is as bursty as a trace, by trying: candidates are simulated over
 * the span of the trace, so that what a short window hides is hidden in both. The simplest family
 * that comes near is taken. The figures wanted are those of the trace, unless they are given.
 */
export function fitArrivals(timesUs: readonly number[], wanted?: Burstiness): FittedArrivals {
  const spanUs = timesUs.at(-1)! - timesUs[0]!;
  const times = timesUs.map((timeUs) => timeUs - timesUs[0]!);
  const trace = wanted ?? burstinessOf(times, spanUs);
  const rate = rateOf(times, spanUs);
  if (trace.gapCv < evenCv) return evenly(rate, trace, spanUs);
  let best = search(steady(rate, trace), trace, spanUs);
  for (const model of best.error < simpleError ? [] : models(times, trace, rate)) {
    const found = search(model, trace, spanUs);
    if (found.error < best.error) best = found;
    if (best.error < fineError) break;
  }
  const { options } = polished(best, trace, spanUs);
  const runs = runsFor(trace, spanUs, finalDraws);
  return {
    options,
    trace,
    fitted: simulatedBurstiness(options, { firstSeed: 1_001, runs, spanUs }),
  };
}

/** As even as a clock; what is left is rounding. */
const evenCv = 0.02;

function evenly(rate: unknown, trace: Burstiness, spanUs: number): FittedArrivals {
  const options = { kind: 'constant', rate };
  return { options, trace, fitted: simulatedBurstiness(options, { runs: 1, spanUs }) };
}

interface Candidate {
  readonly model: ArrivalModel;
  readonly at: readonly number[];
  readonly options: PluginOptions;
  readonly error: number;
}

function* models(times: readonly number[], trace: Burstiness, rate: unknown) {
  for (const everyS of typeof rate === 'number' ? [60, 10] : [300, 60]) {
    yield drifting(rate, trace, everyS);
  }
  const spells = findSpells(times);
  if (spells !== undefined) yield bursting(rate, spells);
}

const dayUs = 86_400 * US_PER_S;
const hourUs = 3_600 * US_PER_S;
const mostHours = 168;

/** Over more than a day it is the hour that matters, and chance only inside it. */
function rateOf(times: readonly number[], spanUs: number): unknown {
  const mean = rounded((times.length * US_PER_S) / spanUs);
  if (spanUs < dayUs || spanUs > mostHours * hourUs) return mean;
  const counts = new Array<number>(Math.ceil(spanUs / hourUs)).fill(0);
  for (const timeUs of times)
    counts[Math.min(counts.length - 1, Math.floor(timeUs / hourUs))]! += 1;
  const points = counts.map((count, hour) => {
    const lengthUs = Math.min(hourUs, spanUs - hour * hourUs);
    const rps = rounded((count * US_PER_S) / lengthUs);
    const isLast = hour === counts.length - 1;
    return { at: formatDurationUs(hour * hourUs), rate: isLast ? Math.max(rps, 1e-6) : rps };
  });
  return { kind: 'steps', points };
}

function search(model: ArrivalModel, trace: Burstiness, spanUs: number): Candidate {
  const runs = runsFor(trace, spanUs, firstDraws);
  const cost = costOf(model, trace, { runs, spanUs });
  const { at } = minimise(cost, { start: model.start, step: 0.4, evaluations: 60 });
  const options = model.options(at);
  const checked = simulatedBurstiness(options, { firstSeed: 501, runs: 2 * runs, spanUs });
  return { model, at, options, error: largestError(checked, trace) };
}

function polished({ at: start, model }: Candidate, trace: Burstiness, spanUs: number) {
  const runs = runsFor(trace, spanUs, finalDraws);
  const cost = costOf(model, trace, { runs, spanUs });
  const { at } = minimise(cost, { start, step: 0.15, evaluations: 30 });
  return { options: model.options(at) };
}

function costOf(
  model: ArrivalModel,
  trace: Burstiness,
  simulated: { runs: number; spanUs: number },
): (at: readonly number[]) => number {
  const wanted = figuresOf(trace);
  return (at) => {
    const found = figuresOf(simulatedBurstiness(model.options(at), simulated));
    const squares = found.map(({ value }, index) => logRatio(value, wanted[index]!.value) ** 2);
    // Among those that fit alike, the one nearest to what was read off the trace.
    const far = at.map((value, axis) => (value - model.start[axis]!) ** 2);
    return sum(squares) + 0.002 * sum(far);
  };
}

export function largestError(found: Burstiness, wanted: Burstiness): number {
  const figures = figuresOf(wanted);
  const errors = figuresOf(found).map(
    ({ value }, index) => Math.exp(logRatio(value, figures[index]!.value)) - 1,
  );
  return Math.max(...errors.map(Math.abs));
}

function runsFor({ rateRps }: Burstiness, spanUs: number, draws: number): number {
  const seconds = spanUs / US_PER_S;
  // A quiet trace costs the levels of its rate.
  const requests = Math.max(1, rateRps * seconds, seconds / 10);
  return Math.min(mostRuns, Math.max(2, Math.round(draws / requests)));
}

/** Of counts that may be zero, as those of a steady process over few bins. */
function logRatio(found: number, wanted: number): number {
  const least = 1e-3;
  return Math.log(Math.max(found, least) / Math.max(wanted, least));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
