import { z } from 'zod';
import { weightedChoice } from '../../core/weighted-choice.ts';
import { defineLength } from '../lengths.ts';
import { tokens, weight } from '../quantities.ts';

export default defineLength({
  kind: 'pmf',
  summary: 'Exactly these lengths, each with its weight.',
  options: {
    values: z
      .array(z.tuple([tokens(), weight()]))
      .min(1)
      .max(100_000)
      .meta({
        examples: [
          [
            [60, 0.7],
            [512, 0.3],
          ],
        ],
      })
      .describe('Pairs of tokens and weight.'),
  },
  create({ values }, random) {
    const choose = weightedChoice(
      values.map(([, weight]) => weight),
      random,
    );
    return { next: () => values[choose()]![0] };
  },
});
