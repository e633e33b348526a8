import { randomLogNormal } from 'd3-random';
import { z } from 'zod';
import type { Random } from '../core/random.ts';
import { parseDurationUs, US_PER_S, usOf } from '../core/time.ts';
import { duration, positive } from './quantities.ts';

const dayUs = 86_400 * US_PER_S;

function wait(example: string) {
  return duration({ minUs: 0, maxUs: dayUs, example });
}

/** Nothing is log-normal around zero. */
function centre(example: string) {
  return duration({ minUs: 1_000, maxUs: dayUs, example });
}

const bounds = {
  min: wait('1s').default('0s').describe('Shorter draws are raised to this.'),
  max: wait('10m').default('1d').describe('Longer draws are cut to this.'),
};

/**
 * How long somebody waits: always the same, or log-normal, which is how people think and tools run.
 * The spread is given by the figures that publications give.
 */
export function waitOption() {
  return z
    .union([
      wait('45s'),
      z.strictObject({ mean: centre('45s'), sd: wait('40s'), ...bounds }).superRefine(inOrder),
      z
        .strictObject({
          median: centre('60s'),
          sigma: positive({ min: 0.001, max: 10, example: 1.2 }).describe('Of the logarithm.'),
          ...bounds,
        })
        .superRefine(inOrder),
    ])
    .meta({ examples: ['45s'] });
}

function inOrder({ max, min }: { min: string; max: string }, context: z.RefinementCtx): void {
  if ((parseDurationUs(min) ?? 0) <= (parseDurationUs(max) ?? dayUs)) return;
  const message = `min ${min} is more than max ${max}.`;
  context.addIssue({ code: 'custom', message, params: { complete: true } });
}

export type WaitOption = z.output<ReturnType<typeof waitOption>>;

/** Draws one wait after the other, in whole microseconds. */
export function createWait(option: WaitOption, random: Random): () => number {
  if (typeof option === 'string') {
    const constantUs = usOf(option);
    return () => constantUs;
  }
  const minUs = usOf(option.min);
  const maxUs = usOf(option.max);
  const { mu, sigma } = logOf(option);
  const draw = randomLogNormal.source(random)(mu, sigma);
  return () => Math.round(Math.min(maxUs, Math.max(minUs, draw())));
}

function logOf(option: Exclude<WaitOption, string>): { mu: number; sigma: number } {
  if ('median' in option) {
    return { mu: Math.log(usOf(option.median)), sigma: option.sigma };
  }
  const meanUs = usOf(option.mean);
  const variance = Math.log1p((usOf(option.sd) / meanUs) ** 2);
  return { mu: Math.log(meanUs) - variance / 2, sigma: Math.sqrt(variance) };
}
