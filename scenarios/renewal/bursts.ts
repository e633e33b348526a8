import { z } from 'zod';
import type { Random } from '../../core/random.ts';
import { US_PER_MS, US_PER_S, usOf } from '../../core/time.ts';
import { duration, variation } from '../quantities.ts';
import type { Modulation } from './modulated-rate.ts';
import { unitGaps } from './unit-gaps.ts';

const spell = z.strictObject({
  mean: duration({ minUs: 100 * US_PER_MS, maxUs: 24 * 3_600 * US_PER_S, example: '9s' }).describe(
    'Mean length.',
  ),
  cv: variation().default(1).describe('Standard deviation of the length over its mean.'),
  law: z
    .enum(['constant', 'gamma', 'weibull', 'log-normal'])
    .default('gamma')
    .describe('How lengths are distributed; a gamma with CV 1 is an exponential.'),
});

export const burstsSchema = z
  .strictObject({
    on: spell.describe('Spells in which requests come.'),
    off: spell.describe('Spells in which none come.'),
  })
  .describe('On-off bursts; the rate inside is the rate times (on + off) / on.');

export type Bursts = z.output<typeof burstsSchema>;

/** The run starts at an arbitrary moment of the bursts, so that the first minutes are like any. */
export function burstModulation({ on, off }: Bursts, random: Random): Modulation {
  const [onUs, offUs] = [usOf(on.mean), usOf(off.mean)];
  const onShare = onUs / (onUs + offUs);
  const phases = [
    { meanUs: onUs, spells: unitGaps(on, random), factor: 1 / onShare },
    { meanUs: offUs, spells: unitGaps(off, random), factor: 0 },
  ];
  let phase = random() < onShare ? 0 : 1;
  let started = false;
  return () => {
    const { meanUs, spells, factor } = phases[phase]!;
    const length = started ? spells.next() : spells.residual();
    started = true;
    phase = 1 - phase;
    return { lengthUs: meanUs * length, factor };
  };
}
