import { maxFailsOption } from './shared/max-fails-option.ts';
import { SmoothTurn } from './shared/smooth-turn.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
} from './strategy.ts';

class WeightedRoundRobin implements Strategy {
  readonly #turn: SmoothTurn;

  constructor(maxFails: number) {
    this.#turn = new SmoothTurn(maxFails);
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    for (let i = 0; i < candidates.length; i++) this.#turn.offer(candidates[i]!);
    return this.#turn.take();
  }

  onEnded(_request: RequestView, replica: ReplicaView, end: AttemptEnd): void {
    this.#turn.ended(replica, end);
  }

  onJoined(replica: ReplicaView): void {
    this.#turn.forget(replica);
  }
}

export default defineStrategy({
  name: 'weighted-round-robin',
  family: 'classic',
  summary:
    'Each replica in turn and as often as its weight says, smoothly: the default of nginx. Ties go to the first.',
  options: { maxFails: maxFailsOption },
  create: ({ maxFails }) => new WeightedRoundRobin(maxFails),
});
