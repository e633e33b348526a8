import { randomLogNormal } from 'd3-random';
import { defineLength } from '../lengths.ts';
import { positive, tokens } from '../quantities.ts';

export default defineLength({
  kind: 'log-normal',
  summary: 'The usual long tail, by the mean and standard deviation of the length itself.',
  options: {
    mean: positive({ min: 0.001, max: 1_000_000, example: 1246 }).describe(
      'Mean, in tokens, before the clamp.',
    ),
    sd: positive({ min: 0.001, max: 1_000_000, example: 1204 }).describe(
      'Standard deviation, in tokens.',
    ),
    min: tokens().default(1).describe('Shorter draws are raised to this.'),
    max: tokens().default(131_072).describe('Longer draws are cut to this.'),
  },
  problem({ min, max }) {
    return min > max ? `min ${min} is above max ${max}. Swap them.` : undefined;
  },
  create({ mean, sd, min, max }, random) {
    const variance = Math.log1p((sd * sd) / (mean * mean));
    const mu = Math.log(mean) - variance / 2;
    const draw = randomLogNormal.source(random)(mu, Math.sqrt(variance));
    return { next: () => Math.min(max, Math.max(min, Math.round(draw()))) };
  },
});
