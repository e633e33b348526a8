import { z } from 'zod';
import { RingStrategy } from './shared/ring-strategy.ts';
import { defineStrategy } from './strategy.ts';

/** What the field reckons with where it has no tokenizer. */
const charactersPerToken = 4;

export default defineStrategy({
  name: 'prefix-hash',
  family: 'affinity',
  summary:
    'Consistent hashing of the first characters of the prompt, whatever the load: the naive prefix affinity, which sends all who share a system prompt to one replica.',
  needs: ['prefix', 'names'],
  options: {
    characters: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .default(512)
      .meta({ examples: [512] })
      .describe('How much of the beginning is hashed, at four characters a token.'),
  },
  create({ characters }, context) {
    const prefixTokens = Math.ceil(characters / charactersPerToken);
    return new RingStrategy({ hash: 'fairlead', key: 'prefix', prefixTokens }, context);
  },
});
