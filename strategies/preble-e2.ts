import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { longestMatch } from './shared/longest-match.ts';
import { PrefixHistory } from './shared/prefix-history.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { PrefixMatches } from './shared/prefix-source.ts';
import { RequestTimes } from './shared/request-times.ts';
import { SlidingSum } from './shared/sliding-sum.ts';
import { defineStrategy } from './strategy.ts';

const windowParts = 18;

/**
 * Preble ("Efficient Distributed Prompt Scheduling for LLM Serving", section 3.2). Costs are seconds
 * of work given to a replica within a window; what a token costs is learned from answers, where the
 * paper has a profile of each GPU. The cost of eviction is left out: nobody tells of evictions.
 */
export default defineStrategy({
  name: 'preble-e2',
  family: 'prefix',
  summary:
    'Exploits a match longer than the rest of the prompt, on the least loaded holder, and else explores for the least work in seconds: E2 of Preble.',
  needs: ['prefix'],
  options: {
    windowS: z
      .number()
      .min(1)
      .max(86_400)
      .default(180)
      .meta({ examples: [180] })
      .describe('Seconds for which the work given to a replica counts as its load.'),
    rebalance: z
      .number()
      .min(1)
      .max(1_000)
      .default(2)
      .meta({ examples: [2] })
      .describe('A holder with more than so many times the least load is not exploited.'),
    ...prefixOptions,
  },
  create({ rebalance, windowS, ...options }, { blockTokens, random }) {
    const history = new PrefixHistory({ ...options, blockTokens });
    const matches = new PrefixMatches(history);
    const load = new SlidingSum(windowS * 1e6, windowParts);
    const times = new RequestTimes();
    const costs = new Costs();
    const draws = new Draws(random);
    const all = { loads: costs.values, ceiling: Number.POSITIVE_INFINITY };
    return {
      ...history.hooks,
      pick({ prefixHashes, promptTokens }, candidates, nowUs) {
        const { length } = candidates;
        matches.find(prefixHashes, candidates, nowUs);
        const at = costs.of(candidates);
        let least = Number.POSITIVE_INFINITY;
        for (let i = 0; i < length; i++) {
          at[i] = load.get(candidates[i]!.index, nowUs);
          least = Math.min(least, at[i]!);
        }
        if (2 * matches.most * blockTokens > promptTokens) {
          all.loads = at;
          const holder = longestMatch(candidates, matches, all, draws);
          if (load.get(holder.index, nowUs) <= rebalance * least) return holder;
        }
        for (let i = 0; i < length; i++) {
          const { index } = candidates[i]!;
          const missed = Math.max(0, promptTokens - matches.blocks[i]! * blockTokens);
          at[i]! += missed * times.prefillS(index);
        }
        return costs.least(candidates, draws);
      },
      onDispatched(request, replica, nowUs) {
        const { prefixHashes, promptTokens } = request;
        const { index } = replica;
        const cachedTokens = history.match(prefixHashes, replica) * blockTokens;
        const missed = Math.max(0, promptTokens - cachedTokens);
        const workS = missed * times.prefillS(index) + times.answerS(index);
        load.add(index, workS, nowUs);
        times.sent(request, replica, missed, nowUs);
        history.hooks.onDispatched!(request, replica, nowUs);
      },
      onFirstToken: (request, replica, nowUs) => times.firstToken(request, replica, nowUs),
      onEnded: (request, replica, end, nowUs) => times.ended(request, replica, end, nowUs),
      onJoined(replica, nowUs) {
        history.hooks.onJoined!(replica, nowUs);
        load.clear(replica.index);
        times.forget(replica.index);
      },
    };
  },
});
