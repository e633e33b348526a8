import { mean, sampleStandardDeviation } from 'simple-statistics';
import { round } from '../../reports/round.ts';
import type { Change } from '../../reports/summary.ts';
import { studentT } from './student-t.ts';

export const confidence = 0.95;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The mean over seeds with its t interval; no interval from a single seed. */
export function meanWithInterval(
  values: readonly number[],
  level = 1 - confidence,
): {
  mean: number;
  interval: Interval | null;
} {
  const centre = mean([...values]);
  if (values.length < 2) return { mean: centre, interval: null };
  const half = halfWidth(values, level);
  return { mean: centre, interval: { low: centre - half, high: centre + half } };
}

/**
 * How much better or worse B is than A, from runs paired by seed. The seeded run is the unit: the
 * requests of a run are far from independent, and a test on them would cry wolf. Ratios where all
 * values are positive, by their logarithms; differences otherwise.
 */
export function pairedChange(
  a: readonly number[],
  b: readonly number[],
  better: 'lower' | 'higher',
): Change {
  const { asRatio, differences } = pairedDifferences(a, b);
  const { mean: centre, interval } = meanWithInterval(differences);
  const back = (value: number) => round(asRatio ? Math.expm1(value) : value);
  const sign = better === 'lower' ? -1 : 1;
  return {
    kind: asRatio ? 'ratio' : 'difference',
    estimate: back(centre),
    interval: interval && { low: back(interval.low), high: back(interval.high) },
    seedsBetter: differences.filter((difference) => sign * difference > 0).length,
    seedsDiffering: differences.filter((difference) => difference !== 0).length,
  };
}

function pairedDifferences(a: readonly number[], b: readonly number[]) {
  const asRatio = [...a, ...b].every((value) => value > 0);
  const differences = a.map((value, seed) =>
    asRatio ? Math.log(b[seed]! / value) : b[seed]! - value,
  );
  return { asRatio, differences };
}

/** Less than this is no difference that anybody would act on. */
export const negligibleShare = 0.01;

/**
 * What the pairs say of B against A at a level that may be stricter than the interval which is
 * shown: B is better or worse, no seed differs, they are less than 1 % apart, or it is open.
 */
export function pairedOutcome(
  a: readonly number[],
  b: readonly number[],
  { better, level }: { readonly better: 'lower' | 'higher'; readonly level: number },
): 'better' | 'worse' | 'identical' | 'equivalent' | 'open' {
  const { asRatio, differences } = pairedDifferences(a, b);
  if (differences.every((difference) => difference === 0)) return 'identical';
  const { interval } = meanWithInterval(differences, level);
  if (interval === null) return 'open';
  if (interval.high < 0) return better === 'lower' ? 'better' : 'worse';
  if (interval.low > 0) return better === 'lower' ? 'worse' : 'better';
  // A difference has no scale by which it could be small.
  const within = Math.max(Math.expm1(interval.high), -Math.expm1(interval.low));
  return asRatio && within < negligibleShare ? 'equivalent' : 'open';
}

/** Whether the interval leaves no doubt on which side of zero the change lies. */
export function isDecided({ interval }: Change): boolean {
  return interval !== null && (interval.low > 0 || interval.high < 0);
}

function halfWidth(values: readonly number[], level: number): number {
  const spread = sampleStandardDeviation([...values]);
  return (studentT(1 - level, values.length - 1) * spread) / Math.sqrt(values.length);
}
