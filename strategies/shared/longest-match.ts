import type { ReplicaView } from '../strategy.ts';
import type { Draws } from './draws.ts';
import type { PrefixMatches } from './prefix-source.ts';

/** Who may be chosen, and by whose load equals are told apart. */
export interface LoadCeiling {
  /** By the place of a candidate in the list. */
  readonly loads: Float64Array;
  /** At least the least of the loads. */
  readonly ceiling: number;
}

/**
 * The candidate that holds most of a prompt among those whose load is not above a ceiling; of
 * several the one with the least load, and of equals one by chance.
 */
export function longestMatch(
  candidates: readonly ReplicaView[],
  { blocks }: PrefixMatches,
  { ceiling, loads }: LoadCeiling,
  draws: Draws,
): ReplicaView {
  let best = -1;
  let ties = 1;
  for (let i = 0; i < candidates.length; i++) {
    if (loads[i]! > ceiling) continue;
    const ahead = best < 0 ? 1 : blocks[i]! - blocks[best]! || loads[best]! - loads[i]!;
    if (ahead < 0) continue;
    ties = ahead > 0 ? 1 : ties + 1;
    if (draws.isKept(ties)) best = i;
  }
  return candidates[best]!;
}
