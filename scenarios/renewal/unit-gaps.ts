import { randomExponential, randomGamma, randomLogNormal } from 'd3-random';
import { bisect, gammaln } from 'simple-statistics';
import type { Random } from '../../core/random.ts';

/**
 * Independent positive numbers with mean one: gaps between arrivals, spells of a burst.
 *
 * All are made of Math.log, log1p and exp. V8 carries its own port of fdlibm for these, so the same
 * seed gives the same bits on every machine; Math.pow is avoided, which had other versions.
 */
export interface UnitGaps {
  next(): number;
  /**
   * What is left of a gap at a moment that knows nothing of the arrivals. A long gap is more likely
   * to be met than a short one, in proportion to its length, and is met anywhere in it alike.
   */
  residual(): number;
}

export type GapLaw = 'constant' | 'gamma' | 'weibull' | 'log-normal';

export interface UnitGapOptions {
  readonly law: GapLaw;
  /** Standard deviation over mean; a constant has none. */
  readonly cv: number;
}

export function unitGaps({ law, cv }: UnitGapOptions, random: Random): UnitGaps {
  switch (law) {
    case 'constant':
      return { next: () => 1, residual: random };
    case 'gamma':
      return gammaGaps(cv, random);
    case 'weibull':
      return weibullGaps(cv, random);
    case 'log-normal':
      return logNormalGaps(cv, random);
  }
}

/** Without memory: what is left of a gap is as long as a whole one. */
export function exponentialGaps(random: Random): UnitGaps {
  const next = randomExponential.source(random)(1);
  return { next, residual: next };
}

/**
 * A gap in proportion to its length follows Gamma(shape + 1), and Gamma(shape) is that times
 * u^(1/shape) (Marsaglia and Tsang 2000, section 6). The power is taken as a logarithm: at a CV of
 * 20 the shape is 1/400, and most gaps are too small for any other way.
 */
function gammaGaps(cv: number, random: Random): UnitGaps {
  const shape = 1 / (cv * cv);
  const exponential = randomExponential.source(random)(1);
  const met = randomGamma.source(random)(shape + 1, 1 / shape);
  return {
    next: () => met() * Math.exp(-exponential() / shape),
    residual: () => random() * met(),
  };
}

/** A gap in proportion to its length is the 1/shape-th power of a Gamma(1 + 1/shape). */
function weibullGaps(cv: number, random: Random): UnitGaps {
  const shape = weibullShape(cv);
  const logScale = -gammaln(1 + 1 / shape);
  const exponential = randomExponential.source(random)(1);
  const met = randomGamma.source(random)(1 + 1 / shape);
  const gap = (power: number) => Math.exp(logScale + Math.log(power) / shape);
  return { next: () => gap(exponential()), residual: () => random() * gap(met()) };
}

/** The root of 1 + CV^2 = Gamma(1 + 2/shape) / Gamma(1 + 1/shape)^2, in logarithms. */
export function weibullShape(cv: number): number {
  const excess = (logShape: number) => {
    const inverse = Math.exp(-logShape);
    return gammaln(1 + 2 * inverse) - 2 * gammaln(1 + inverse) - Math.log1p(cv * cv);
  };
  return Math.exp(bisect(excess, Math.log(0.05), Math.log(1_000), 100, 1e-13));
}

/** In proportion to its length, a log-normal gap has its logarithm raised by the variance. */
function logNormalGaps(cv: number, random: Random): UnitGaps {
  const variance = Math.log1p(cv * cv);
  const next = randomLogNormal.source(random)(-variance / 2, Math.sqrt(variance));
  return { next, residual: () => random() * next() * (1 + cv * cv) };
}
