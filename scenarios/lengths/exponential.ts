import { randomExponential } from 'd3-random';
import { defineLength } from '../lengths.ts';
import { positive } from '../quantities.ts';

export default defineLength({
  kind: 'exponential',
  summary: 'The textbook service time of M/M/1: exponential, rounded up to whole tokens.',
  options: {
    mean: positive({ min: 0.001, max: 1_000_000, example: 200 }).describe(
      'Mean, in tokens, before rounding.',
    ),
  },
  create({ mean }, random) {
    const draw = randomExponential.source(random)(1 / mean);
    return { next: () => Math.max(1, Math.ceil(draw())) };
  },
});
