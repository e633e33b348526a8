import { lowerBound } from '../../core/lower-bound.ts';
import type { ReplicaView } from '../strategy.ts';
import { candidateAt } from './candidate.ts';
import { Members } from './members.ts';
import type { RingRule } from './ring-rules.ts';

const twoTo20 = 2 ** 20;
const highestBit = 0x80000000;

/**
 * Consistent hashing (Karger et al., 1997): replicas have many points each on a circle, and a key
 * belongs to the next point. Who leaves the pool takes only its own keys along. Who is merely
 * missing among the candidates of one request is passed over, which gives the same as a ring
 * without it, and costs no new one.
 *
 *     ──b──a────key───▶c──a──b──c──
 */
export class HashRing {
  readonly #rule: RingRule;
  readonly #members = new Members();
  /** Ascending. Their highest bit is flipped, so that signed numbers sort as unsigned ones do. */
  #places = new Int32Array(0);
  #owners = new Int32Array(0);

  constructor(rule: RingRule) {
    this.#rule = rule;
  }

  /** To be called before each look-up. */
  update(candidates: readonly ReplicaView[]): void {
    if (this.#members.update(candidates)) this.#lay(this.#members.list());
  }

  remove(replica: ReplicaView): void {
    this.#members.remove(replica);
  }

  /** The point, by its number, of the candidate that a hash belongs to. */
  find(hash: number, candidates: readonly ReplicaView[]): number {
    const place = hash ^ highestBit;
    const at = lowerBound(this.#places, place);
    const above = this.#next(at, candidates, 1);
    if (!this.#rule.takesNearest) return above;
    const below = this.#next(at - 1, candidates, -1);
    const distanceBelow = (place - this.#places[below]!) >>> 0;
    const distanceAbove = (this.#places[above]! - place) >>> 0;
    return distanceBelow <= distanceAbove ? below : above;
  }

  /** The next point of a candidate, going round. */
  after(point: number, candidates: readonly ReplicaView[]): number {
    return this.#next(point + 1, candidates, 1);
  }

  ownerOf(point: number, candidates: readonly ReplicaView[]): ReplicaView {
    return candidateAt(candidates, this.#owners[point]!)!;
  }

  #next(from: number, candidates: readonly ReplicaView[], step: 1 | -1): number {
    const { length } = this.#places;
    let point = (from + length) % length;
    while (candidateAt(candidates, this.#owners[point]!) === undefined) {
      point = (point + step + length) % length;
    }
    return point;
  }

  #lay(members: readonly ReplicaView[]): void {
    const largestWeight = Math.max(...members.map(({ weight }) => weight));
    const points = members.flatMap((member) =>
      // One number that sorts by place, and among equal places by index.
      this.#rule
        .points(member, largestWeight)
        .map((place) => (place >>> 0) * twoTo20 + member.index),
    );
    const sorted = Float64Array.from(points).sort();
    this.#places = Int32Array.from(sorted, (point) => Math.floor(point / twoTo20) ^ highestBit);
    this.#owners = Int32Array.from(sorted, (point) => point % twoTo20);
  }
}
