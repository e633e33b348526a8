import { PrefixEvents } from './shared/prefix-events.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { speculationS } from './shared/speculation-option.ts';
import { scorerOptions, WeightedScoring } from './shared/weighted-scoring.ts';
import { defineStrategy } from './strategy.ts';

export default defineStrategy({
  name: 'precise-scorers',
  summary:
    'The highest sum of weighted scores as `weighted-scorers` has them, but the prefix is what KV events say is cached: the precise prefix routing of llm-d.',
  family: 'prefix',
  needs: ['prefix', 'signals', 'kv-events'],
  options: { ...scorerOptions, blocksPerPrompt: prefixOptions.blocksPerPrompt, speculationS },
  create: (options, context) => {
    const { blockTokens } = context;
    const speculationUs = options.speculationS * 1e6;
    const source = new PrefixEvents({ ...options, blockTokens, speculationUs });
    return new WeightedScoring(options, source, context);
  },
});
