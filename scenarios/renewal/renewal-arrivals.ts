import type { ArrivalContext, ArrivalProcess } from '../arrivals.ts';
import { createRate, type RateOption, rateOption } from '../rate-option.ts';
import { meanRps, type RateCurve, scaledRate } from '../rates.ts';
import { type Batches, batchesSchema, withFollowers } from './batches.ts';
import { type Bursts, burstModulation, burstsSchema } from './bursts.ts';
import { bothModulations, modulatedTime } from './modulated-rate.ts';
import { type Noise, noiseModulation, noiseSchema } from './noise.ts';
import type { UnitGaps } from './unit-gaps.ts';

/** What every renewal process may be told besides its law. */
export const renewalOptions = {
  rate: rateOption(),
  noise: noiseSchema.optional(),
  bursts: burstsSchema.optional(),
  batches: batchesSchema.optional(),
};

export interface RenewalOptions {
  readonly rate?: RateOption;
  readonly noise?: Noise | undefined;
  readonly bursts?: Bursts | undefined;
  readonly batches?: Batches | undefined;
}

/**
 * Gaps of mean one on a clock that runs with the rate: the integral of the rate is inverted, so no
 * gap is cut at a change of the rate and nothing is thinned.
 *
 * The process starts in equilibrium: its first arrival is what is left of a gap at an arbitrary
 * moment. Then any window, the first included, expects just the integral of its rate; a first gap
 * drawn whole would add (CV^2 - 1) / 2 requests to the start, 200 of them at a CV of 20.
 */
export function renewalArrivals(
  options: RenewalOptions,
  gaps: UnitGaps,
  { chance, rateFactor }: ArrivalContext,
): ArrivalProcess {
  const curve = scaledRate(createRate(options.rate), rateFactor);
  const { batches } = options;
  const timeOf = clockOf(scaledRate(curve, 1 - (batches?.share ?? 0)), options, chance);
  let expected = 0;
  let lastUs = -1;
  const nextUs = () => {
    expected += lastUs < 0 ? gaps.residual() : gaps.next();
    // Rounding can turn two that coincide.
    lastUs = Math.max(lastUs, timeOf(expected));
    return lastUs;
  };
  return {
    nextUs: batches === undefined ? nextUs : withFollowers(nextUs, batches, chance('batches')),
    meanRps: (window) => meanRps(curve, window),
  };
}

function clockOf(
  curve: RateCurve,
  { bursts, noise }: RenewalOptions,
  chance: ArrivalContext['chance'],
): (expected: number) => number {
  const modulations = [
    ...(bursts === undefined ? [] : [burstModulation(bursts, chance('bursts'))]),
    ...(noise === undefined ? [] : [noiseModulation(noise, chance('noise'))]),
  ];
  if (modulations.length === 0) return curve.timeOf;
  return modulatedTime(curve, modulations.reduce(bothModulations));
}
