import { z } from 'zod';
import { lowerBound } from '../../core/lower-bound.ts';
import { defineLength } from '../lengths.ts';
import { tokens } from '../quantities.ts';

export default defineLength({
  kind: 'empirical',
  summary: 'Measured quantiles, with straight lines between them.',
  options: {
    quantiles: z
      .array(z.tuple([z.number().min(0).max(1), tokens()]))
      .min(2)
      .max(100_000)
      .meta({
        examples: [
          [
            [0, 7],
            [0.5, 115],
            [1, 1000],
          ],
        ],
      })
      .describe('Pairs of probability and tokens, ascending, from 0 to 1.'),
  },
  problem({ quantiles }) {
    if (quantiles[0]![0] !== 0 || quantiles.at(-1)![0] !== 1) {
      return 'the first quantile is that of 0, the shortest, and the last that of 1, the longest.';
    }
    const wrong = quantiles.findIndex(([probability, length], index) => {
      const [before, shorter] = quantiles[index - 1] ?? [-1, 0];
      return probability <= before || length < shorter;
    });
    return wrong < 0 ? undefined : `[${quantiles[wrong]!.join(', ')}] is not in ascending order.`;
  },
  create({ quantiles }, random) {
    const probabilities = quantiles.map(([probability]) => probability);
    return {
      next() {
        const probability = random();
        const above = Math.max(1, lowerBound(probabilities, probability));
        const [[p0, from], [p1, to]] = [quantiles[above - 1]!, quantiles[above]!];
        return Math.round(from + ((to - from) * (probability - p0)) / (p1 - p0));
      },
    };
  },
});
