import type { ReplicaView } from '../strategy.ts';

/** The candidate of an index, if it is one: they come in ascending order, mostly without gaps. */
export function candidateAt(
  candidates: readonly ReplicaView[],
  index: number,
): ReplicaView | undefined {
  const guess = candidates[index];
  if (guess !== undefined && guess.index === index) return guess;
  let low = 0;
  let high = candidates.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (candidates[middle]!.index < index) low = middle + 1;
    else high = middle;
  }
  const found = candidates[low];
  return found !== undefined && found.index === index ? found : undefined;
}
