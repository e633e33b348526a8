import { gammaln } from 'simple-statistics';
import { weibullShape } from '../../scenarios/renewal/unit-gaps.ts';
import { gammaP } from './special-functions.ts';

/** A law of gaps with mean one, as the books have it. */
export interface Law {
  cdf(gap: number): number;
  /** Second and third central moment. */
  readonly variance: number;
  readonly third: number;
}

export function gammaLaw(cv: number): Law {
  const shape = 1 / cv ** 2;
  return { cdf: (gap) => gammaP(shape, gap * shape), variance: cv ** 2, third: 2 * cv ** 4 };
}

export function weibullLaw(cv: number): Law {
  const shape = weibullShape(cv);
  const moment = (n: number) => Math.exp(gammaln(1 + n / shape) - n * gammaln(1 + 1 / shape));
  const scale = Math.exp(-gammaln(1 + 1 / shape));
  return {
    cdf: (gap) => -Math.expm1(-((gap / scale) ** shape)),
    variance: moment(2) - 1,
    third: moment(3) - 3 * moment(2) + 2,
  };
}

/**
 * The index of dispersion of the counts of a renewal process in equilibrium over a window of so
 * many mean gaps: (2 * integral of m + t - t^2) / t, where m solves the renewal equation
 * m(t) = F(t) + integral of m(t - u) dF(u) (Cox 1962, chapters 4 and 5).
 */
export function countDispersion({ cdf }: Law, window: number, steps = 4_000): number {
  const h = window / steps;
  const jumps = Array.from({ length: steps }, (_, j) => cdf((j + 1) * h) - cdf(j * h));
  const m = [0];
  for (let i = 1; i <= steps; i++) {
    let sum = cdf(i * h) + (jumps[0]! * m[i - 1]!) / 2;
    for (let j = 1; j < i; j++) sum += (jumps[j]! * (m[i - j]! + m[i - j - 1]!)) / 2;
    m.push(sum / (1 - jumps[0]! / 2));
  }
  const integral = h * (m.reduce((sum, value) => sum + value, 0) - m.at(-1)! / 2);
  return (2 * integral + window - window ** 2) / window;
}

/** The same for long windows (Cox 1962, section 4.5). */
export function longDispersion({ variance, third }: Law, window: number): number {
  return variance + (1 / 6 + variance ** 2 / 2 - third / 3) / window;
}
