import type { ReplicaView } from '../strategy.ts';
import { candidateAt } from './candidate.ts';
import { fnv1a, mix32 } from './fnv1a.ts';
import { Members } from './members.ts';

/** Replicas that are missing for one request are rare, and so is needing more draws than this. */
const mostDraws = 64;

/**
 * Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer" (2016), 3.4, with
 * weights as in Envoy: replicas take turns to claim the next free slot of their own permutation of
 * the table, and one of half the largest weight has half as many turns.
 */
export class MaglevTable {
  readonly #members = new Members();
  /** The index of the replica that each slot belongs to. */
  readonly #owners: Int32Array;

  /** `size` is a prime, so that every step goes through the whole table. */
  constructor(size: number) {
    this.#owners = new Int32Array(size);
  }

  /** To be called before each look-up. */
  update(candidates: readonly ReplicaView[]): void {
    if (this.#members.update(candidates)) this.#fill(this.#members.list());
  }

  remove(replica: ReplicaView): void {
    this.#members.remove(replica);
  }

  /**
   * The candidate that a hash belongs to. When its replica is missing for this request, it is
   * hashed again, as Envoy does when a request is tried again.
   */
  find(hash: number, candidates: readonly ReplicaView[]): ReplicaView {
    let place = hash;
    for (let drawn = 0; drawn < mostDraws; drawn++) {
      const owner = this.#owners[(place >>> 0) % this.#owners.length]!;
      const found = candidateAt(candidates, owner);
      if (found !== undefined) return found;
      place = mix32(place + 1);
    }
    return candidates[(place >>> 0) % candidates.length]!;
  }

  #fill(members: readonly ReplicaView[]): void {
    const size = this.#owners.length;
    const largestWeight = Math.max(...members.map(({ weight }) => weight));
    const claimants = members.map((member) => claimantOf(member, largestWeight, size));
    // Turns go by name, so that every gateway fills the same table.
    claimants.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.index - b.index));
    this.#owners.fill(-1);
    for (let free = size; free > 0; ) {
      for (let i = 0; i < claimants.length && free > 0; i++) {
        const claimant = claimants[i]!;
        claimant.due += claimant.share;
        if (claimant.due < 1) continue;
        claimant.due -= 1;
        this.#claim(claimant);
        free -= 1;
      }
    }
  }

  #claim(claimant: Claimant): void {
    const { index, step } = claimant;
    const size = this.#owners.length;
    let { slot } = claimant;
    while (this.#owners[slot] !== -1) {
      slot += step;
      if (slot >= size) slot -= size;
    }
    this.#owners[slot] = index;
    claimant.slot = slot;
  }
}

interface Claimant {
  readonly index: number;
  readonly name: string;
  /** What it gains of a turn in every round, and what it has gained. */
  readonly share: number;
  due: number;
  /** Its permutation: from a slot of its own in steps of its own. */
  slot: number;
  readonly step: number;
}

function claimantOf(
  { index, name, weight }: ReplicaView,
  largestWeight: number,
  size: number,
): Claimant {
  const hash = fnv1a(new TextEncoder().encode(name));
  return {
    index,
    name,
    share: weight / largestWeight,
    // A half turn ahead, so that rounding favours nobody.
    due: 0.5,
    slot: (mix32(hash) >>> 0) % size,
    step: ((mix32(hash ^ 0x5bd1e995) >>> 0) % (size - 1)) + 1,
  };
}
