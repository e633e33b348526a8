import { randomExponential } from 'd3-random';
import { defineLength } from '../lengths.ts';
import { positive } from '../quantities.ts';
import { clamped, clampOptions, clampProblem } from './clamp.ts';

export default defineLength({
  kind: 'exponential',
  summary: 'The textbook service time of M/M/1: exponential, rounded up to whole tokens.',
  options: {
    mean: positive({ min: 0.001, max: 1_000_000, example: 200 }).describe(
      'Mean, in tokens, before rounding.',
    ),
    ...clampOptions,
  },
  problem: clampProblem,
  create({ mean, ...clamp }, random) {
    const draw = randomExponential.source(random)(1 / mean);
    return clamped(() => Math.ceil(draw()), clamp);
  },
});
