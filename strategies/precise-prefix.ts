import { z } from 'zod';
import { matchLessLoad } from './shared/match-less-load.ts';
import { PrefixEvents } from './shared/prefix-events.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { speculationS } from './shared/speculation-option.ts';
import { defineStrategy } from './strategy.ts';

export default defineStrategy({
  name: 'precise-prefix',
  family: 'prefix',
  summary:
    'Most of the prompt in its cache by its KV events, or just sent there, less the requests in flight above the mean: the precise prefix scorer of llm-d with a term for load.',
  needs: ['prefix', 'kv-events'],
  options: {
    loadWeight: z
      .number()
      .min(0)
      .max(1_000)
      .default(0.5)
      .meta({ examples: [0.5] })
      .describe('How much a load of twice the mean weighs against a prompt that is all there.'),
    speculationS,
    ...prefixOptions,
  },
  create({ loadWeight, speculationS: seconds, ...options }, { blockTokens, random }) {
    const speculationUs = seconds * 1e6;
    const source = new PrefixEvents({ ...options, blockTokens, speculationUs });
    return { ...source.hooks, pick: matchLessLoad({ source, blockTokens, loadWeight, random }) };
  },
});
