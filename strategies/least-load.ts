import { z } from 'zod';
import { randomIndex } from '../core/random.ts';
import { Costs } from './shared/costs.ts';
import { Reports, reportOptions } from './shared/reported.ts';
import { secondChoice } from './shared/second-choice.ts';
import { defineStrategy } from './strategy.ts';

/**
 * Sees what other gateways send as well, but late. With `choose: two` a herd is only ever as large
 * as the share of the draws in which the replica that looks idle takes part.
 */
export default defineStrategy({
  name: 'least-load',
  summary:
    'The replica with the fewest requests waiting and running by its report and since; ties by chance, or of two the first drawn.',
  needs: ['signals'],
  options: {
    choose: z
      .enum(['all', 'two'])
      .default('all')
      .meta({ examples: ['two'] })
      .describe('Among how many replicas: all, or two different ones drawn by chance.'),
    ...reportOptions,
  },
  create({ choose, ...options }, { random }) {
    const reports = new Reports(options);
    const costs = new Costs();
    return {
      pick(_request, candidates, nowUs) {
        if (choose === 'two') {
          const first = randomIndex(random, candidates.length);
          const a = candidates[first]!;
          const b = candidates[secondChoice(random, first, candidates.length)]!;
          return reports.load(b, nowUs) < reports.load(a, nowUs) ? b : a;
        }
        const values = costs.of(candidates);
        for (let i = 0; i < candidates.length; i++) {
          values[i] = reports.load(candidates[i]!, nowUs);
        }
        return costs.least(candidates, random);
      },
    };
  },
});
