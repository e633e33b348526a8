import { CandidateCosts } from '../../strategies/shared/candidate-costs.ts';
import { longestMatch } from '../../strategies/shared/longest-match.ts';
import { PrefixHistory } from '../../strategies/shared/prefix-history.ts';
import { PrefixMatches } from '../../strategies/shared/prefix-source.ts';
import { defineStrategy } from '../../strategies/strategy.ts';

/** Where most of the prompt was sent before, whatever the load: what nobody should do. */
export const prefixOnly = defineStrategy({
  name: 'prefix-only',
  summary: 'The longest match, however busy.',
  needs: ['prefix'],
  options: {},
  create(_options, { blockTokens, random }) {
    const history = new PrefixHistory({ blockTokens, blocksPerReplica: 0, blocksPerPrompt: 0 });
    const matches = new PrefixMatches(history);
    const loads = new CandidateCosts();
    return {
      ...history.hooks,
      pick({ prefixHashes }, candidates, nowUs) {
        matches.find(prefixHashes, candidates, nowUs);
        const none = { loads: loads.reserve(candidates.length).fill(0), ceiling: 0 };
        return longestMatch(candidates, matches, none, random);
      },
    };
  },
});
