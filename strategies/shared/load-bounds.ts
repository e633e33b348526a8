import type { ReplicaView } from '../strategy.ts';
import { effectiveWeight } from './haproxy-weight.ts';

/** How many requests each replica may have for a hash to send it another one. */
export interface LoadBounds {
  /** To be called before each decision. */
  measure(candidates: readonly ReplicaView[]): void;
  hasRoom(replica: ReplicaView): boolean;
}

/**
 * Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads" (2018): nobody gets
 * more than `factor` times its share of the requests, counting the one that is to be sent.
 */
export class SharedBounds implements LoadBounds {
  readonly #factor: number;
  /** What one unit of weight may have. */
  readonly #perWeight = new Float64Array(1);

  constructor(factor: number) {
    this.#factor = factor;
  }

  measure(candidates: readonly ReplicaView[]): void {
    let requests = 1;
    let weight = 0;
    for (let i = 0; i < candidates.length; i++) {
      requests += candidates[i]!.inFlight;
      weight += candidates[i]!.weight;
    }
    this.#perWeight[0] = (this.#factor * requests) / weight;
  }

  hasRoom({ inFlight, weight }: ReplicaView): boolean {
    return inFlight < Math.ceil(this.#perWeight[0]! * weight);
  }
}

/**
 * `chash_server_is_eligible` of HAProxy: a whole number of slots is dealt out, evenly by weight and
 * the rest in the order of declaration; nobody has none.
 */
export class HaproxyBounds implements LoadBounds {
  readonly #percent: number;
  #slots = new Int32Array(0);

  constructor(factor: number) {
    this.#percent = Math.round(100 * factor);
  }

  measure(candidates: readonly ReplicaView[]): void {
    const highest = candidates[candidates.length - 1]!.index;
    if (highest >= this.#slots.length) this.#slots = new Int32Array(2 * (highest + 1));
    let requests = 1;
    let weight = 0;
    for (let i = 0; i < candidates.length; i++) {
      requests += candidates[i]!.inFlight;
      weight += effectiveWeight(candidates[i]!);
    }
    const slots = Math.ceil((requests * this.#percent) / 100);
    const perWeight = Math.floor(slots / weight);
    const rest = slots % weight;
    let before = 0;
    for (let i = 0; i < candidates.length; i++) {
      const own = effectiveWeight(candidates[i]!);
      const ofRest =
        Math.floor(((before + own) * rest) / weight) - Math.floor((before * rest) / weight);
      this.#slots[candidates[i]!.index] = Math.max(1, own * perWeight + ofRest);
      before += own;
    }
  }

  hasRoom({ inFlight, index }: ReplicaView): boolean {
    return inFlight < this.#slots[index]!;
  }
}
