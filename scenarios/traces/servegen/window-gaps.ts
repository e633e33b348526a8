import { randomGamma } from 'd3-random';
import { gammaln } from 'simple-statistics';
import type { Random } from '../../../core/random.ts';
import type { Activity } from './servegen-model.ts';

/**
 * Gaps between the arrivals of a client in one window, in seconds: of the family and shape that was
 * fitted, scaled to the rate that was measured, since family mean and rate disagree by up to a
 * factor of two in the files.
 */
export interface WindowGaps {
  /**
   * From the start of the window to the first arrival. The process is taken to have gone on since
   * long ago, so that a window holds rate × width requests on average, however bursty it is.
   */
  first(): number;
  next(): number;
}

export function windowGaps({ family, shape, rateRps }: Activity, random: Random): WindowGaps {
  return family === 'gamma'
    ? gammaGaps({ shape, rateRps, random })
    : weibullGaps({ shape, rateRps, random });
}

interface GapOptions {
  readonly shape: number;
  readonly rateRps: number;
  readonly random: Random;
}

/**
 * The residual of a renewal process is a uniform part of a gap drawn by its length (D. R. Cox,
 * Renewal Theory, 1962); drawn by length, a gamma of shape k is one of shape k + 1. Below shape 1
 * the library draws gamma(k + 1) · U^(1/k), which is exact however small k is.
 */
function gammaGaps({ shape, rateRps, random }: GapOptions): WindowGaps {
  const scaleS = 1 / (rateRps * shape);
  const ordinary = randomGamma.source(random)(shape, scaleS);
  const byLength = randomGamma.source(random)(shape + 1, scaleS);
  return { first: () => random() * byLength(), next: ordinary };
}

/**
 * By logarithms, because the mean of a Weibull is beyond all numbers for small shapes. Drawn by
 * length, its k-th power is a gamma of shape 1 + 1/k.
 */
function weibullGaps({ shape, rateRps, random }: GapOptions): WindowGaps {
  const logMean = gammaln(1 + 1 / shape) + Math.log(rateRps);
  const byLength = randomGamma.source(random)(1 + 1 / shape);
  const gap = (power: number) => Math.exp(Math.log(power) / shape - logMean);
  return {
    first: () => random() * gap(byLength()),
    next: () => gap(-Math.log1p(-random())),
  };
}
