import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { defineStrategy } from './strategy.ts';

/**
 * Prompt tokens alone would pile many small requests onto one replica until its slots run out, so
 * each request also counts for a fixed number of tokens, which stands for the answer still to come.
 */
export default defineStrategy({
  name: 'least-tokens',
  family: 'load',
  summary: 'The replica with the fewest tokens in flight: prompts, and an allowance per request.',
  options: {
    tokensPerRequest: z
      .number()
      .min(0)
      .max(1_000_000)
      .default(1_000)
      .meta({ examples: [1_000] })
      .describe('Prompt tokens that the answer of one request is taken to weigh.'),
  },
  create({ tokensPerRequest }, { random }) {
    const costs = new Costs();
    const draws = new Draws(random);
    return {
      pick(_request, candidates) {
        const values = costs.of(candidates);
        for (let i = 0; i < candidates.length; i++) {
          const { inFlight, inFlightPromptTokens } = candidates[i]!;
          values[i] = inFlightPromptTokens + tokensPerRequest * inFlight;
        }
        return costs.least(candidates, draws);
      },
    };
  },
});
