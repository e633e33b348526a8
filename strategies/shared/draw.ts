import { type Random, randomIndex } from '../../core/random.ts';
import type { ReplicaView } from '../strategy.ts';

/** A candidate by chance in proportion to the weights at their places; if all are 0, any. */
export function drawInProportion(
  candidates: readonly ReplicaView[],
  weights: Float64Array,
  random: Random,
): ReplicaView {
  const { length } = candidates;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += weights[i]!;
  if (!(sum > 0)) return candidates[randomIndex(random, length)]!;
  let left = random() * sum;
  for (let i = 0; i < length; i++) {
    left -= weights[i]!;
    if (left < 0) return candidates[i]!;
  }
  return candidates[length - 1]!;
}
