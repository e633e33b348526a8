import { z } from 'zod';
import { parseDurationUs, US_PER_S } from '../../core/time.ts';
import type { ArrivalContext, ArrivalProcess } from '../arrivals.ts';
import { duration, share } from '../quantities.ts';
import { createRate, type RateOption, rateOption } from '../rate-option.ts';
import { meanRps, type RateCurve, scaledRate } from '../rates.ts';
import { type Bursts, burstModulation, burstsSchema } from './bursts.ts';
import { bothModulations, modulatedTime } from './modulated-rate.ts';
import { type Noise, noiseModulation, noiseSchema } from './noise.ts';
import type { UnitGaps } from './unit-gaps.ts';

const batchesSchema = z
  .strictObject({
    share: share({ example: 0.25 }).lt(1).describe('Share of the requests that are followers.'),
    within: duration({ minUs: 1, maxUs: 60 * US_PER_S, example: '2ms' }).describe(
      'A follower comes at most this long after the request before it, at any time alike.',
    ),
  })
  .describe('Requests that a client sends right behind another; they count in the rate.');

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
  readonly batches?: z.output<typeof batchesSchema> | undefined;
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
  const { share, within } = options.batches ?? { share: 0, within: '0s' };
  const timeOf = clockOf(scaledRate(curve, 1 - share), options, chance);
  const [batches, withinUs] = [chance('batches'), parseDurationUs(within)!];
  let started = false;
  let expected = 0;
  let lastUs = 0;
  return {
    nextUs() {
      if (started && share > 0 && batches() < share) {
        lastUs += withinUs * batches();
      } else {
        expected += started ? gaps.next() : gaps.residual();
        // Followers may have passed the next arrival, and rounding can turn two that coincide.
        lastUs = Math.max(lastUs, timeOf(expected));
      }
      started = true;
      return lastUs;
    },
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
