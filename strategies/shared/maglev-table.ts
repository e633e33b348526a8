import type { ReplicaView } from '../strategy.ts';
import { candidateAt } from './candidate.ts';
import { fnv1a, mix32 } from './fnv1a.ts';
import { Members } from './members.ts';
import { bytesOfName } from './per-replica.ts';

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
    const claimants = members.map((member) => {
      const name = fnv1a(bytesOfName(member));
      const slot = (mix32(name) >>> 0) % size;
      const step = ((mix32(name ^ 0x5bd1e995) >>> 0) % (size - 1)) + 1;
      return {
        index: member.index,
        name: member.name,
        share: member.weight / largestWeight,
        slot,
        step,
      };
    });
    // Turns go by name, so that every gateway fills the same table.
    claimants.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.index - b.index));
    this.#owners.fill(-1);
    let free = size;
    for (let round = 1; free > 0; round++) {
      for (const claimant of claimants) {
        // Its whole turns up to this round.
        if (Math.floor(round * claimant.share) === Math.floor((round - 1) * claimant.share))
          continue;
        if (free === 0) break;
        while (this.#owners[claimant.slot] !== -1)
          claimant.slot = (claimant.slot + claimant.step) % size;
        this.#owners[claimant.slot] = claimant.index;
        free -= 1;
      }
    }
  }
}
