import { PrefixHistory } from './shared/prefix-history.ts';
import { scorerOptions, WeightedScoring } from './shared/weighted-scoring.ts';
import { defineStrategy } from './strategy.ts';

export default defineStrategy({
  name: 'weighted-scorers',
  summary:
    'The highest sum of weighted scores for queue, KV use, prefix and others: the router of llm-d and the Kubernetes inference gateway.',
  family: 'prefix',
  needs: ['prefix', 'signals'],
  options: scorerOptions,
  create: (options, context) => {
    const { blockTokens } = context;
    return new WeightedScoring(options, new PrefixHistory({ ...options, blockTokens }), context);
  },
});
