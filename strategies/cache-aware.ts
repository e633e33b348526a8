import { z } from 'zod';
import { PerReplica } from './shared/per-replica.ts';
import { PrefixHistory } from './shared/prefix-history.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { PrefixMatches } from './shared/prefix-source.ts';
import { defineStrategy, type ReplicaView } from './strategy.ts';

/**
 * The switch of SGLang's router (`sgl-model-gateway/src/policies/cache_aware.rs`): by load alone
 * while the loads are uneven, else to who was sent more than half of the prompt before. It compares
 * blocks of tokens here, and characters there. Its thresholds for KV use are off by default and are
 * left out. Ties go to who was sent the fewest so far, then to the first, as there.
 */
export default defineStrategy({
  name: 'cache-aware',
  family: 'prefix',
  summary:
    'The replica that was sent most of the same prompt before, if that is more than half of it and the loads are even, else the one with the fewest requests: `cache_aware` of SGLang and smg.',
  needs: ['prefix'],
  options: {
    cacheThreshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .meta({ examples: [0.3] })
      .describe('Share of a prompt that must match for the cache to decide.'),
    balanceAbs: z
      .number()
      .min(0)
      .max(100_000)
      .default(32)
      .meta({ examples: [64] })
      .describe('Loads are uneven when the most and the least differ by more requests than this,'),
    balanceRel: z
      .number()
      .min(1)
      .max(1_000)
      .default(1.1)
      .meta({ examples: [1.5] })
      .describe('and the most is more than so many times the least.'),
    ...prefixOptions,
    blocksPerReplica: prefixOptions.blocksPerReplica.default(100_000),
  },
  create({ balanceAbs, balanceRel, cacheThreshold, ...options }, { blockTokens }) {
    const history = new PrefixHistory({ ...options, blockTokens });
    const matches = new PrefixMatches(history);
    const sent = new PerReplica(0);

    /** Of those that hold at least so many blocks, the least busy. */
    const leastBusy = (candidates: readonly ReplicaView[], blocks: number): ReplicaView => {
      let best: ReplicaView | undefined;
      for (let i = 0; i < candidates.length; i++) {
        if (blocks > 0 && matches.blocks[i]! < blocks) continue;
        const candidate = candidates[i]!;
        const ahead =
          best === undefined
            ? 1
            : best.inFlight - candidate.inFlight ||
              sent.get(best.index) - sent.get(candidate.index);
        if (ahead > 0) best = candidate;
      }
      return best!;
    };

    return {
      ...history.hooks,
      pick({ prefixHashes, promptTokens }, candidates, nowUs) {
        let least = Number.POSITIVE_INFINITY;
        let most = 0;
        for (let i = 0; i < candidates.length; i++) {
          least = Math.min(least, candidates[i]!.inFlight);
          most = Math.max(most, candidates[i]!.inFlight);
        }
        if (most - least > balanceAbs && most > balanceRel * least) return leastBusy(candidates, 0);
        matches.find(prefixHashes, candidates, nowUs);
        const isHeld = matches.most * blockTokens > cacheThreshold * promptTokens;
        return leastBusy(candidates, isHeld ? matches.most : 0);
      },
      onDispatched(request, replica, nowUs) {
        history.hooks.onDispatched!(request, replica, nowUs);
        sent.add(replica.index, 1);
      },
    };
  },
});
