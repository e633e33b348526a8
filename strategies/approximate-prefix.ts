import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { longestMatch } from './shared/longest-match.ts';
import { PrefixHistory } from './shared/prefix-history.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { PrefixMatches } from './shared/prefix-source.ts';
import { defineStrategy } from './strategy.ts';

/** As the gateway of llm-d has it: longer prompts that begin alike are all the same to it. */
const blocksPerPrompt = prefixOptions.blocksPerPrompt.default(256);

export default defineStrategy({
  name: 'approximate-prefix',
  family: 'prefix',
  summary:
    'The replica that was sent most of the same prompt before, equals by requests in flight: the prefix scorer of the Kubernetes inference gateway and llm-d, alone, which a beginning that all prompts share sends to one replica.',
  needs: ['prefix'],
  options: { ...prefixOptions, blocksPerPrompt },
  create(options, { blockTokens, random }) {
    const history = new PrefixHistory({ ...options, blockTokens });
    const matches = new PrefixMatches(history);
    const costs = new Costs();
    const draws = new Draws(random);
    const all = { loads: costs.values, ceiling: Number.POSITIVE_INFINITY };
    return {
      ...history.hooks,
      pick({ prefixHashes }, candidates, nowUs) {
        matches.find(prefixHashes, candidates, nowUs);
        all.loads = costs.of(candidates);
        for (let i = 0; i < candidates.length; i++) all.loads[i] = candidates[i]!.inFlight;
        return longestMatch(candidates, matches, all, draws);
      },
    };
  },
});
