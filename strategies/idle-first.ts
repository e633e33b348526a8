import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { defineStrategy } from './strategy.ts';

/** The `active-request-scorer` of llm-d, alone; there it is one of several that are added up. */
export default defineStrategy({
  name: 'idle-first',
  family: 'load',
  summary:
    "Any idle replica, else the better the fewer requests it has in flight (llm-d's active-request-scorer); ties by chance.",
  options: {
    idleThreshold: z
      .number()
      .int()
      .min(0)
      .max(100_000)
      .default(0)
      .meta({ examples: [2] })
      .describe('Requests in flight up to which a replica counts as idle.'),
    maxBusyScore: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .meta({ examples: [0.5] })
      .describe('Most that a busy replica can score; an idle one scores 1.'),
  },
  create({ idleThreshold, maxBusyScore }, { random }) {
    const costs = new Costs();
    const draws = new Draws(random);
    return {
      pick(_request, candidates) {
        const values = costs.of(candidates);
        let most = 0;
        for (let i = 0; i < candidates.length; i++) {
          most = Math.max(most, candidates[i]!.inFlight);
        }
        for (let i = 0; i < candidates.length; i++) {
          const { inFlight } = candidates[i]!;
          const busyScore = ((most - inFlight) / most) * maxBusyScore;
          values[i] = inFlight <= idleThreshold ? -1 : -busyScore;
        }
        return costs.least(candidates, draws);
      },
    };
  },
});
