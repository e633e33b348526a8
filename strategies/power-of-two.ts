import { z } from 'zod';
import { randomIndex } from '../core/random.ts';
import { defineStrategy } from './strategy.ts';

/**
 * Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (2001). Products differ in
 * whether the two may be the same replica: Finagle's and nginx's never are, Envoy's may be.
 */
export default defineStrategy({
  name: 'power-of-two',
  family: 'classic',
  summary: 'Two replicas by chance, then the one with fewer requests in flight.',
  options: {
    replacement: z
      .boolean()
      .default(false)
      .meta({ examples: [true] })
      .describe('Whether both draws may be the same replica, as in Envoy; in Finagle they differ.'),
  },
  create: ({ replacement }, { random }) => ({
    pick(_request, candidates) {
      const first = randomIndex(random, candidates.length);
      if (candidates.length === 1) return candidates[first]!;
      const step = replacement
        ? randomIndex(random, candidates.length)
        : 1 + randomIndex(random, candidates.length - 1);
      const a = candidates[first]!;
      const b = candidates[(first + step) % candidates.length]!;
      return b.inFlight < a.inFlight ? b : a;
    },
  }),
});
