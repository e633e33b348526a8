import { mean } from 'simple-statistics';
import { assert } from '../../core/assert.ts';
import { holm } from '../statistics/holm.ts';
import { chanceAbove, seedsMissing, upperBound } from '../statistics/one-sided.ts';
import { type Interval, meanWithInterval } from '../statistics/paired.ts';
import { stepDown } from '../statistics/step-down.ts';

/** One figure under the same seeds before and after. */
export interface PairedValues {
  /** Milliseconds, judged by their ratio and better when lower; or shares, better when higher. */
  readonly kind: 'latency' | 'share';
  readonly base: readonly number[];
  readonly head: readonly number[];
  /** What it may be worse by: a share of the latency, or a difference of shares. */
  readonly tolerance: number;
  /** Of a latency: a smaller change is none. */
  readonly floorMs: number;
}

export type Outcome = 'identical' | 'pass' | 'regress' | 'inconclusive';

export interface Judged {
  readonly outcome: Outcome;
  /** How much worse it is: the share of a latency, or of the requests; below zero is better. */
  readonly worsening: number;
  /** 95 % on both sides, to look at; null from a single seed. */
  readonly interval: Interval | null;
  /** Chance of this, or more, if it were worse by what is tolerated; raised for all figures. */
  readonly p: number;
  readonly seedsWorse: number;
  /** About how many more seeds would decide; undefined where it is decided, or nobody knows. */
  readonly seedsMissing?: number | undefined;
}

/**
 * Judges figures together, at the level of one look. What is worse by more than is tolerated has to
 * be so beyond doubt although many figures are looked at: its chance is raised for that.
 * That nothing is worse needs no such care, as all figures have to be shown to be within their
 * tolerance, each at the level of the look.
 */
export function judge(figures: readonly PairedValues[], level: number): Judged[] {
  const all = figures.map(worseningOf);
  const chances = chancesBeyond(all);
  return all.map((one, index) => {
    const { perSeed } = one;
    const p = chances[index]!;
    const outcome = outcomeOf(one, p, level);
    const { interval, mean: centre } = meanWithInterval(perSeed);
    const isOpen = outcome === 'inconclusive';
    const missing = isOpen ? missingOf(one, level, level / all.length) : undefined;
    return {
      outcome,
      worsening: one.back(centre),
      interval: interval && { low: one.back(interval.low), high: one.back(interval.high) },
      p,
      seedsWorse: perSeed.filter((value) => value > 0).length,
      seedsMissing: missing,
    };
  });
}

/** One that is worse is enough; all have to be as good. */
export function outcomeOfAll(judged: readonly Pick<Judged, 'outcome'>[]): Outcome {
  const outcomes = judged.map(({ outcome }) => outcome);
  for (const one of ['regress', 'inconclusive', 'pass'] as const) {
    if (outcomes.includes(one)) return one;
  }
  return 'identical';
}

interface Worsening {
  readonly values: PairedValues;
  /** Above zero is worse; logarithms of ratios, or differences. */
  readonly perSeed: readonly number[];
  readonly limit: number;
  readonly back: (value: number) => number;
}

/** No clock tells a shorter time from none. */
const shortestMs = 0.001;

function worseningOf(values: PairedValues): Worsening {
  const { base, head, kind, tolerance } = values;
  assert(base.length === head.length && base.length > 0, 'figures come in pairs');
  if (kind === 'share') {
    const perSeed = base.map((share, seed) => share - head[seed]!);
    return { values, perSeed, limit: tolerance, back: (value) => value };
  }
  const log = (ms: number) => Math.log(Math.max(ms, shortestMs));
  const perSeed = base.map((ms, seed) => log(head[seed]!) - log(ms));
  return { values, perSeed, limit: Math.log1p(tolerance), back: Math.expm1 };
}

function outcomeOf({ limit, perSeed, values }: Worsening, p: number, level: number): Outcome {
  const { base, floorMs, head, kind } = values;
  if (base.every((value, seed) => value === head[seed])) return 'identical';
  const slowerMs = base.map((ms, seed) => (kind === 'latency' ? head[seed]! - ms : 0));
  const isBeyondFloor = kind === 'share' || mean(slowerMs) > floorMs;
  if (p < level && isBeyondFloor) return 'regress';
  if (perSeed.length < 2) return 'inconclusive';
  if (upperBound(perSeed, level) < limit) return 'pass';
  const isWithinFloor = kind === 'latency' && upperBound(slowerMs, level) < floorMs;
  return isWithinFloor ? 'pass' : 'inconclusive';
}

/** With fewer there are too few changes of sign, and Holm's method has to do. */
const fewestForSigns = 8;

function chancesBeyond(all: readonly Worsening[]): number[] {
  const seeds = Math.min(...all.map(({ perSeed }) => perSeed.length));
  if (seeds >= fewestForSigns) {
    return stepDown(all.map(({ limit, perSeed }) => perSeed.map((value) => value - limit)));
  }
  // A single seed knows nothing of the spread.
  return holm(all.map(({ limit, perSeed }) => (seeds < 2 ? 1 : chanceAbove(perSeed, limit))));
}

/** To the side on which it seems to be. */
function missingOf({ limit, perSeed }: Worsening, level: number, raised: number) {
  if (perSeed.length < 2) return undefined;
  const negated = perSeed.map((value) => -value);
  return seedsMissing(perSeed, limit, level) ?? seedsMissing(negated, -limit, raised);
}
