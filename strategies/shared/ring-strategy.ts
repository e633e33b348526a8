import type { ReplicaView, RequestView, Strategy, StrategyContext } from '../strategy.ts';
import { HashRing } from './hash-ring.ts';
import { type KeyOptions, RequestKey } from './request-key.ts';
import { ringRules } from './ring-rules.ts';

export interface RingOptions extends KeyOptions {
  readonly hash: keyof typeof ringRules;
}

/** The owner of the key on a ring, whatever the load. */
export class RingStrategy implements Strategy {
  readonly #ring: HashRing;
  readonly #key: RequestKey;
  readonly #hashKey: (bytes: Uint8Array, length: number) => number;

  constructor(options: RingOptions, context: StrategyContext) {
    const rule = ringRules[options.hash];
    this.#ring = new HashRing(rule);
    this.#key = new RequestKey(options, context.blockTokens);
    this.#hashKey = rule.hashKey;
  }

  pick(request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    this.#ring.update(candidates);
    const point = this.#ring.find(this.#key.hash(request, this.#hashKey), candidates);
    return this.#ring.ownerOf(point, candidates);
  }

  onLeft(replica: ReplicaView): void {
    this.#ring.remove(replica);
  }
}
