import { randomNormal } from 'd3-random';
import { z } from 'zod';
import type { Random } from '../../core/random.ts';
import { US_PER_MS, US_PER_S, usOf } from '../../core/time.ts';
import { duration } from '../quantities.ts';
import type { Modulation } from './modulated-rate.ts';

export const noiseSchema = z
  .strictObject({
    every: duration({ minUs: 100 * US_PER_MS, maxUs: 24 * 3_600 * US_PER_S, example: '1m' })
      .default('1m')
      .describe('How long the rate stays at a level.'),
    cv: z
      .number()
      .min(0)
      .max(10)
      .meta({ examples: [0.25] })
      .describe('Standard deviation of the levels over their mean.'),
    lag1: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .meta({ examples: [0.88] })
      .describe('Correlation of a level with the next.'),
  })
  .describe('Drift: the rate moves between log-normal levels that remember the last (AR(1)).');

export type Noise = z.output<typeof noiseSchema>;

/**
 * Levels are exp of a Gaussian AR(1), with mean one. Correlation r of the levels asks for a
 * correlation of ln(1 + r cv^2) / ln(1 + cv^2) of their logarithms.
 */
export function noiseModulation({ every, cv, lag1 }: Noise, random: Random): Modulation {
  const lengthUs = usOf(every);
  const variance = Math.log1p(cv * cv);
  const sigma = Math.sqrt(variance);
  const memory = variance === 0 ? 0 : Math.log1p(lag1 * cv * cv) / variance;
  const fresh = Math.sqrt(1 - memory * memory);
  const normal = randomNormal.source(random)();
  let level = normal();
  return () => {
    const stretch = { lengthUs, factor: Math.exp(sigma * level - variance / 2) };
    level = memory * level + fresh * normal();
    return stretch;
  };
}
