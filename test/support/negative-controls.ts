import { Costs } from '../../strategies/shared/costs.ts';
import { Draws } from '../../strategies/shared/draws.ts';
import { longestMatch } from '../../strategies/shared/longest-match.ts';
import { PrefixHistory } from '../../strategies/shared/prefix-history.ts';
import { PrefixMatches } from '../../strategies/shared/prefix-source.ts';
import {
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
} from '../../strategies/strategy.ts';

// Strategies that are wrong on purpose. A test that cannot tell them from right ones proves nothing.

function least(
  candidates: readonly ReplicaView[],
  cost: (replica: ReplicaView) => number,
): ReplicaView {
  return candidates.reduce((best, one) => (cost(one) < cost(best) ? one : best));
}

/** Fewest waiting by the last report, uncorrected; all ties go to the first in the list. */
export function staleFirstIndex(): Strategy {
  const waiting = ({ reported }: ReplicaView) =>
    Number.isNaN(reported.waiting) ? 0 : reported.waiting;
  return { pick: (_request, candidates) => least(candidates, waiting) };
}

/** The opposite of what anybody wants. */
export function alwaysBusiest(): Strategy {
  return { pick: (_request, candidates) => least(candidates, ({ inFlight }) => -inFlight) };
}

/** Least requests, but of those whose answer has begun: nobody counts while prompts are read. */
export function countAfterResponse(): Strategy {
  const begun = new Map<number, number>();
  const answering = new Set<number>();
  const count = (replica: ReplicaView, change: number) =>
    begun.set(replica.index, (begun.get(replica.index) ?? 0) + change);
  return {
    pick: (_request, candidates) => least(candidates, ({ index }) => begun.get(index) ?? 0),
    onFirstToken({ id }: RequestView, replica) {
      answering.add(id);
      count(replica, 1);
    },
    onEnded({ id }: RequestView, replica) {
      if (answering.delete(id)) count(replica, -1);
    },
  };
}

/** Where most of the prompt was sent before, whatever the load: what nobody should do. */
export const prefixOnly = defineStrategy({
  name: 'prefix-only',
  summary: 'The longest match, however busy.',
  needs: ['prefix'],
  options: {},
  create(_options, { blockTokens, random }) {
    const history = new PrefixHistory({ blockTokens, blocksPerReplica: 0, blocksPerPrompt: 0 });
    const matches = new PrefixMatches(history);
    const loads = new Costs();
    const draws = new Draws(random);
    return {
      ...history.hooks,
      pick({ prefixHashes }, candidates, nowUs) {
        matches.find(prefixHashes, candidates, nowUs);
        const none = { loads: loads.of(candidates).fill(0), ceiling: 0 };
        return longestMatch(candidates, matches, none, draws);
      },
    };
  },
});
