import { z } from 'zod';
import { US_PER_S, usOf } from '../../core/time.ts';
import { duration, rateRps } from '../quantities.ts';
import { defineRate } from '../rates.ts';

export default defineRate({
  kind: 'sinusoid',
  summary:
    'A smooth wave around its mean: mean * (1 + amplitude * sin(2 pi (t / period + phase))).',
  options: {
    mean: rateRps(),
    amplitude: z
      .number()
      .min(0)
      .max(1)
      .meta({ examples: [0.5] })
      .describe('Height of the wave, relative to the mean.'),
    period: duration({ minUs: US_PER_S, maxUs: 168 * 3_600 * US_PER_S, example: '10m' }).describe(
      'Time from crest to crest.',
    ),
    phase: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .meta({ examples: [0.25] })
      .describe('Part of a period that has passed at the start; 0.25 starts on the crest.'),
  },
  create({ mean, amplitude, period, phase }) {
    const radiansPerUs = (2 * Math.PI) / usOf(period);
    const perUs = mean / US_PER_S;
    const start = 2 * Math.PI * phase;
    const waveUs = (timeUs: number) =>
      (amplitude * (Math.cos(start) - Math.cos(start + radiansPerUs * timeUs))) / radiansPerUs;
    return {
      expectedBy: (timeUs) => perUs * (timeUs + waveUs(timeUs)),
      timeOf(expected) {
        const slopeAt = (timeUs: number) => 1 + amplitude * Math.sin(start + radiansPerUs * timeUs);
        const flatUs = expected / perUs;
        const farthestUs = (2 * amplitude) / radiansPerUs;
        return increasingRoot({
          valueAt: (timeUs) => timeUs + waveUs(timeUs) - flatUs,
          slopeAt,
          low: Math.max(0, flatUs - farthestUs),
          high: flatUs + farthestUs,
        });
      },
    };
  },
});

interface Increasing {
  valueAt(x: number): number;
  slopeAt(x: number): number;
  low: number;
  high: number;
}

/** A nanosecond, far below the rounding of arrivals. */
const toleranceUs = 1e-3;

/** Halving alone is as exact as numbers are after this many. */
const mostSteps = 100;

/**
 * Kepler's equation has no solution in a closed form. Newton's step where it stays between the
 * bounds, halving where it does not, as on the flat bottom of a wave of full amplitude.
 */
function increasingRoot({ valueAt, slopeAt, low, high }: Increasing): number {
  let x = (low + high) / 2;
  for (let step = 0; step < mostSteps; step++) {
    const value = valueAt(x);
    const newton = x - value / slopeAt(x);
    if (Math.abs(newton - x) <= toleranceUs) return Math.min(high, Math.max(low, newton));
    if (value > 0) high = x;
    else low = x;
    x = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return x;
}
