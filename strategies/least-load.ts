import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { Reports, reportOptions } from './shared/reported.ts';
import { defineStrategy } from './strategy.ts';

/**
 * Sees what other gateways send as well, but late. With `choose: two` a herd is only ever as large
 * as the share of the draws in which the replica that looks idle takes part.
 */
export default defineStrategy({
  name: 'least-load',
  family: 'scraped',
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
    const draws = new Draws(random);
    return {
      pick(_request, candidates, nowUs) {
        const values = costs.of(candidates);
        if (choose === 'two') {
          const first = draws.below(candidates.length);
          const a = candidates[first]!;
          const b = candidates[draws.another(first, candidates.length)]!;
          reports.writeLoad(values, 0, a, nowUs);
          reports.writeLoad(values, 1, b, nowUs);
          return values[1]! < values[0]! ? b : a;
        }
        for (let i = 0; i < candidates.length; i++) {
          reports.writeLoad(values, i, candidates[i]!, nowUs);
        }
        return costs.least(candidates, draws);
      },
    };
  },
});
