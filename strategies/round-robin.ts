import { defineStrategy, type ReplicaView, type RequestView, type Strategy } from './strategy.ts';

/**
 * Goes on from the replica it chose last rather than counting modulo the number of candidates, so
 * that a replica that leaves or joins neither resets nor skews the turn of the others.
 */
class RoundRobin implements Strategy {
  #lastIndex = -1;

  pick(_request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    let next = 0;
    while (next < candidates.length && candidates[next]!.index <= this.#lastIndex) next += 1;
    const chosen = candidates[next] ?? candidates[0]!;
    this.#lastIndex = chosen.index;
    return chosen;
  }
}

export default defineStrategy({
  name: 'round-robin',
  family: 'classic',
  summary: 'Each replica in turn, whatever the requests weigh. The default of most balancers.',
  options: {},
  create: () => new RoundRobin(),
});
