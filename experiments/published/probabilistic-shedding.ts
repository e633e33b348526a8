import { defineStrategy, type ReplicaView } from '../../strategies/strategy.ts';
import weightedScorers from '../../strategies/weighted-scorers.ts';

/** Of llm-d's saturation detector: how many may wait, which KV use is full, how old news may be. */
const mostWaiting = 5;
const mostKvUsage = 0.8;
const oldestUs = 200_000;

/**
 * BLIS's admission: of the requests that may be turned away, a share that grows steeply with the
 * saturation of the fleet is rejected at once; the others go where the least load is. Those of the
 * lowest priorities may be, which are the high numbers here and the negative ones there.
 */
export const probabilisticShedding = defineStrategy({
  name: 'probabilistic-shedding',
  summary: 'Rejects by chance what may be turned away, the more of it the busier the fleet is.',
  needs: weightedScorers.needs,
  options: {},
  create(_options, context) {
    const byLoad = weightedScorers.create({ weights: { queue: 1, kv: 1 } }, context);
    return {
      pick(request, candidates, nowUs) {
        if (request.priority > 0) {
          const share = 300 * meanSaturation(candidates, nowUs) ** 5;
          if (context.random() < share) return 'reject';
        }
        return byLoad.pick(request, candidates, nowUs);
      },
    };
  },
});

/** Those of whom nothing is known, or nothing recent, count as full. */
function meanSaturation(candidates: readonly ReplicaView[], nowUs: number): number {
  let sum = 0;
  for (const { reported } of candidates) {
    const { kvUsage, sampledAtUs, waiting } = reported;
    const isKnown = nowUs - sampledAtUs <= oldestUs;
    sum += isKnown ? Math.max(waiting / mostWaiting, kvUsage / mostKvUsage) : 1;
  }
  return sum / candidates.length;
}
