import { z } from 'zod';
import { matchLessLoad } from './shared/match-less-load.ts';
import { PrefixHistory } from './shared/prefix-history.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { defineStrategy } from './strategy.ts';

export default defineStrategy({
  name: 'loadaware-prefix',
  family: 'prefix',
  summary:
    'Most of the same prompt sent there before, less the requests in flight above the mean: `loadaware` as proposed for the vLLM production stack.',
  needs: ['prefix'],
  options: {
    loadWeight: z
      .number()
      .min(0)
      .max(1_000)
      .default(1)
      .meta({ examples: [0.5] })
      .describe('How much a load of twice the mean weighs against a prompt that is all there.'),
    ...prefixOptions,
  },
  create({ loadWeight, ...options }, { blockTokens, random }) {
    const source = new PrefixHistory({ ...options, blockTokens });
    return { ...source.hooks, pick: matchLessLoad({ source, blockTokens, loadWeight, random }) };
  },
});
