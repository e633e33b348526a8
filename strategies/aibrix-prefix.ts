import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { longestMatch } from './shared/longest-match.ts';
import { PrefixHistory } from './shared/prefix-history.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { PrefixMatches } from './shared/prefix-source.ts';
import { defineStrategy } from './strategy.ts';

export default defineStrategy({
  name: 'aibrix-prefix',
  family: 'prefix',
  summary:
    'The replica that was sent most of the same prompt before, unless it has more requests than the mean and a deviation; the least busy one when the loads are uneven: `prefix-cache` of AIBrix.',
  needs: ['prefix'],
  options: {
    imbalance: z
      .number()
      .min(0)
      .max(100_000)
      .default(8)
      .meta({ examples: [8] })
      .describe('Requests between the busiest and the least busy beyond which only load counts.'),
    deviations: z
      .number()
      .min(0)
      .max(100)
      .default(1)
      .meta({ examples: [2] })
      .describe('Standard deviations above the mean that a replica with the prefix may have.'),
    ...prefixOptions,
    blocksPerReplica: prefixOptions.blocksPerReplica.default(200_000),
  },
  create({ deviations, imbalance, ...options }, { blockTokens, random }) {
    const history = new PrefixHistory({ ...options, blockTokens });
    const matches = new PrefixMatches(history);
    const costs = new Costs();
    const draws = new Draws(random);
    const usual = { loads: costs.values, ceiling: 0 };
    return {
      ...history.hooks,
      pick({ prefixHashes }, candidates, nowUs) {
        const loads = costs.of(candidates);
        let least = Number.POSITIVE_INFINITY;
        let most = 0;
        let sum = 0;
        let squares = 0;
        for (let i = 0; i < candidates.length; i++) {
          const { inFlight } = candidates[i]!;
          loads[i] = inFlight;
          least = Math.min(least, inFlight);
          most = Math.max(most, inFlight);
          sum += inFlight;
          squares += inFlight * inFlight;
        }
        if (most - least > imbalance) return costs.least(candidates, draws);
        matches.find(prefixHashes, candidates, nowUs);
        const mean = sum / candidates.length;
        const variance = Math.max(0, squares / candidates.length - mean * mean);
        usual.loads = loads;
        // Rounding must not leave out who is exactly at the mean.
        usual.ceiling = Math.max(least, mean + deviations * Math.sqrt(variance) + 1e-9);
        return longestMatch(candidates, matches, usual, draws);
      },
    };
  },
});
