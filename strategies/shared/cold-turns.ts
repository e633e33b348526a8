import type { ReplicaView } from '../strategy.ts';
import { PerReplica } from './per-replica.ts';
import type { Scorer } from './scorers.ts';

/**
 * The `no-hit-lru` scorer of llm-d: of prompts that nobody has the beginning of, each goes to the
 * replica that has had none for longest, so that caches fill evenly. With n candidates the first in
 * turn scores 1 and each next one 1/(n - 1) less; a prompt that somebody has leaves it neutral.
 */
export class ColdTurns {
  /** When each last got such a prompt, counted in these prompts; 0 for never. */
  readonly #turns = new PerReplica(0);
  #turn = 0;

  readonly score: Scorer = ({ candidates, matches }, scores) => {
    const { length } = candidates;
    for (let i = 0; i < length; i++) {
      scores[i] =
        matches.most > 0 || length === 1 ? 0.5 : 1 - this.#before(i, candidates) / (length - 1);
    }
  };

  sent({ index }: ReplicaView): void {
    this.#turn += 1;
    this.#turns.set(index, this.#turn);
  }

  /** How many have their turn before; of those that never had one, the first in the list. */
  #before(place: number, candidates: readonly ReplicaView[]): number {
    const own = this.#turns.get(candidates[place]!.index);
    let before = 0;
    for (let i = 0; i < candidates.length; i++) {
      const other = this.#turns.get(candidates[i]!.index);
      if (other < own || (other === own && i < place)) before += 1;
    }
    return before;
  }
}
