import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { defineStrategy, type ReplicaView } from './strategy.ts';

/** The default of `max_num_seqs` in vLLM, for a replica that has not said its own. */
const usualSlots = 256;

export default defineStrategy({
  name: 'first-fit',
  family: 'classic',
  summary:
    'The first replica with a free slot, so that the last ones stay empty, as "first" of HAProxy; when all are full, the fewest requests in flight, ties by chance.',
  options: {
    slots: z
      .union([z.literal('max-num-seqs'), z.number().int().min(1).max(1_000_000)])
      .default('max-num-seqs')
      .meta({ examples: ['max-num-seqs', 64] })
      .describe(
        `Requests that one replica takes before the next one gets any: a number, or as many as it runs at once (${usualSlots} where it has not said).`,
      ),
  },
  create({ slots }, { random }) {
    const slotsOf = ({ maxNumSeqs }: ReplicaView): number => {
      if (slots !== 'max-num-seqs') return slots;
      return Number.isNaN(maxNumSeqs) ? usualSlots : maxNumSeqs;
    };
    const costs = new Costs();
    const draws = new Draws(random);
    const inFlight = (replica: ReplicaView) => replica.inFlight;
    return {
      pick(_request, candidates) {
        for (let i = 0; i < candidates.length; i++) {
          const candidate = candidates[i]!;
          if (candidate.inFlight < slotsOf(candidate)) return candidate;
        }
        return costs.leastBy(candidates, draws, inFlight);
      },
    };
  },
});
