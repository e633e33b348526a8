import { randomLogNormal } from 'd3-random';
import { z } from 'zod';
import { defineLength } from '../lengths.ts';
import { positive } from '../quantities.ts';
import { clamped, clampOptions, clampProblem } from './clamp.ts';
import { momentOptions } from './moments.ts';

const pairs = [
  ['mean', 'sd'],
  ['mu', 'sigma'],
  ['p50', 'p99'],
] as const;

type Shape = Partial<Readonly<Record<(typeof pairs)[number][number], number | undefined>>>;

/** The 99 % quantile of a normal distribution. */
const z99 = 2.3263478740408408;

const quantile = (example: number) => positive({ min: 0.001, max: 1_000_000, example }).optional();

export default defineLength({
  kind: 'log-normal',
  summary:
    'The usual long tail: by mean and sd, or by mu and sigma of its logarithm, or by p50 and p99.',
  options: {
    mean: momentOptions.mean.optional(),
    sd: momentOptions.sd.optional(),
    mu: z
      .number()
      .min(-10)
      .max(16)
      .meta({ examples: [6.3] })
      .optional()
      .describe('Mean of the natural logarithm.'),
    sigma: positive({ min: 1e-6, max: 10, example: 0.9 })
      .optional()
      .describe('Standard deviation of the natural logarithm.'),
    p50: quantile(1024).describe('Median, in tokens.'),
    p99: quantile(4123).describe('What one request in a hundred exceeds, in tokens.'),
    ...clampOptions,
  },
  problem: (options) => clampProblem(options) ?? shapeProblem(options),
  create(options, random) {
    const { mu, sigma } = logMoments(options);
    return clamped(randomLogNormal.source(random)(mu, sigma), options);
  },
});

function shapeProblem(shape: Shape): string | undefined {
  const given = pairs.flat().filter((name) => shape[name] !== undefined);
  if (!pairs.some((pair) => pair.join() === given.join())) {
    const choices = pairs.map((pair) => pair.join(' and ')).join(', or ');
    return `it has ${given.join(', ') || 'no shape'}. Write ${choices}.`;
  }
  if (shape.p50 === undefined || shape.p50 < shape.p99!) return undefined;
  return `p50 ${shape.p50} is not below p99 ${shape.p99}.`;
}

function logMoments({ mean, sd, mu, sigma, p50, p99 }: Shape): { mu: number; sigma: number } {
  if (mu !== undefined) return { mu, sigma: sigma! };
  if (p50 !== undefined) return { mu: Math.log(p50), sigma: Math.log(p99! / p50) / z99 };
  const variance = Math.log1p((sd! * sd!) / (mean! * mean!));
  return { mu: Math.log(mean!) - variance / 2, sigma: Math.sqrt(variance) };
}
