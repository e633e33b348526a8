import { maxFailsOption } from './shared/max-fails-option.ts';
import { SmoothTurn } from './shared/smooth-turn.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
} from './strategy.ts';

/** `ngx_http_upstream_get_least_conn_peer`: only who ties moves on in the round robin. */
class NginxLeastConn implements Strategy {
  readonly #turn: SmoothTurn;

  constructor(maxFails: number) {
    this.#turn = new SmoothTurn(maxFails);
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    let least = candidates[0]!;
    let ties = 0;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      const difference = candidate.inFlight * least.weight - least.inFlight * candidate.weight;
      if (difference < 0) {
        least = candidate;
        ties = 1;
      } else if (difference === 0) {
        ties += 1;
      }
    }
    if (ties === 1) return least;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      if (candidate.inFlight * least.weight === least.inFlight * candidate.weight) {
        this.#turn.offer(candidate);
      }
    }
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
  name: 'nginx-least-conn',
  family: 'load',
  summary:
    'The fewest requests in flight per weight; ties by the smooth weighted round robin among the tied: least_conn of nginx.',
  options: { maxFails: maxFailsOption },
  create: ({ maxFails }) => new NginxLeastConn(maxFails),
});
