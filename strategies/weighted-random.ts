import { defineStrategy } from './strategy.ts';

export default defineStrategy({
  name: 'weighted-random',
  family: 'classic',
  summary: 'Any replica, with a chance in proportion to its weight; the default of LiteLLM.',
  options: {},
  create: (_options, { random }) => ({
    pick(_request, candidates) {
      let total = 0;
      for (let i = 0; i < candidates.length; i++) total += candidates[i]!.weight;
      let left = random() * total;
      for (let i = 0; i < candidates.length; i++) {
        const candidate = candidates[i]!;
        left -= candidate.weight;
        if (left < 0) return candidate;
      }
      // Rounding may leave a rest of the last bit.
      return candidates[candidates.length - 1]!;
    },
  }),
});
