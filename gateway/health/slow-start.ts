import type { Random } from '../../core/random.ts';
import type { SlowStartPolicy } from '../policy.ts';
import type { ReplicaState } from '../replica-state.ts';

/**
 * Gives a replica that has just come, or come back, less than its share for a while: its caches
 * are cold and everybody would run to it at once. The share is max(0.1, t / window) of the weight,
 * as in Envoy with an aggression of 1.
 */
export class SlowStart {
  readonly #policy: SlowStartPolicy;
  readonly #random: Random;
  readonly #starting = new Map<ReplicaState, number>();
  /** What was asked for, by index. */
  readonly #weights: number[];

  constructor(policy: SlowStartPolicy, replicas: readonly ReplicaState[], random: Random) {
    this.#policy = policy;
    this.#random = random;
    this.#weights = replicas.map(({ weight }) => weight);
  }

  begin(replica: ReplicaState, nowUs: number): void {
    this.#starting.set(replica, nowUs);
    this.#weights[replica.index] ??= replica.weight;
  }

  setWeight(replica: ReplicaState, weight: number): void {
    this.#weights[replica.index] = weight;
    replica.weight = weight;
  }

  /**
   * Those who take part in this decision. A strategy that always goes where there is least to do
   * sends a newcomer all of its decisions until it has as much as the others; thinned out, it
   * sends a growing part of them.
   */
  thin(candidates: readonly ReplicaState[], nowUs: number): readonly ReplicaState[] {
    if (this.#starting.size === 0) return candidates;
    let others: readonly ReplicaState[] = candidates;
    for (const [replica, sinceUs] of this.#starting) {
      const { by, leastShare, windowUs } = this.#policy;
      const share = Math.max(leastShare, (nowUs - sinceUs) / windowUs);
      if (share >= 1) this.#starting.delete(replica);
      if (by === 'weight') {
        replica.weight = this.#weights[replica.index]! * Math.min(1, share);
      } else if (share < 1 && this.#random() >= share) {
        others = others.filter((other) => other !== replica);
      }
    }
    return others.length > 0 ? others : candidates;
  }
}
