import { type Random, randomIndex } from '../../core/random.ts';
import type { ReplicaView } from '../strategy.ts';

/**
 * The candidate of least cost. Ties are broken by chance, in one pass and without a second list
 * (reservoir sampling, as Envoy does): a fixed order would send every tie to the same replica.
 */
export function leastCost(
  candidates: readonly ReplicaView[],
  random: Random,
  cost: (replica: ReplicaView) => number,
): ReplicaView {
  let best = candidates[0]!;
  let bestCost = cost(best);
  let ties = 1;
  for (let i = 1; i < candidates.length; i++) {
    const candidate = candidates[i]!;
    const candidateCost = cost(candidate);
    if (candidateCost > bestCost) continue;
    ties = candidateCost < bestCost ? 1 : ties + 1;
    if (ties === 1 || randomIndex(random, ties) === 0) best = candidate;
    bestCost = candidateCost;
  }
  return best;
}
