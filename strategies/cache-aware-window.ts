import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { longestMatch } from './shared/longest-match.ts';
import { PrefixHistory } from './shared/prefix-history.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { PrefixMatches } from './shared/prefix-source.ts';
import { defineStrategy } from './strategy.ts';

/**
 * What users of SGLang ask for in place of its switch, which forgets all caches as soon as the
 * loads are uneven: nobody far above the least loaded is chosen, and among the others the cache
 * decides.
 */
export default defineStrategy({
  name: 'cache-aware-window',
  family: 'prefix',
  summary:
    'The replica that was sent most of the same prompt before, among those within a window above the least load.',
  needs: ['prefix'],
  options: {
    load: z
      .enum(['requests', 'tokens'])
      .default('tokens')
      .meta({ examples: ['requests'] })
      .describe('What is counted as load: requests in flight, or tokens as `least-tokens` does.'),
    window: z
      .number()
      .min(0)
      .max(100_000_000)
      .default(60_000)
      .meta({ examples: [60_000] })
      .describe('How far above the least load a replica may be, in requests or in tokens.'),
    tokensPerRequest: z
      .number()
      .min(0)
      .max(1_000_000)
      .default(1_000)
      .meta({ examples: [1_000] })
      .describe('Tokens that a request weighs beside its prompt, where tokens are counted.'),
    ...prefixOptions,
  },
  create({ load, tokensPerRequest, window, ...options }, { blockTokens, random }) {
    const history = new PrefixHistory({ ...options, blockTokens });
    const matches = new PrefixMatches(history);
    const costs = new Costs();
    const draws = new Draws(random);
    const near = { loads: costs.values, ceiling: 0 };
    const [perRequest, perToken] = load === 'tokens' ? [tokensPerRequest, 1] : [1, 0];
    return {
      ...history.hooks,
      pick({ prefixHashes }, candidates, nowUs) {
        matches.find(prefixHashes, candidates, nowUs);
        const loads = costs.of(candidates);
        let least = Number.POSITIVE_INFINITY;
        for (let i = 0; i < candidates.length; i++) {
          const { inFlight, inFlightPromptTokens } = candidates[i]!;
          loads[i] = perRequest * inFlight + perToken * inFlightPromptTokens;
          least = Math.min(least, loads[i]!);
        }
        near.loads = loads;
        near.ceiling = least + window;
        return longestMatch(candidates, matches, near, draws);
      },
    };
  },
});
