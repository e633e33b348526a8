import type { ReplicaView } from '../strategy.ts';

export interface AttendanceListener {
  /** Is among the candidates and was not, or has another weight: then it left before. */
  came(replica: ReplicaView): void;
  left(index: number): void;
}

/**
 * Tells who has come and who has gone since the last pick, by the candidates alone: a replica that
 * fails its checks, or that a request has already tried, is missing without having left the pool.
 */
export class Attendance {
  readonly #listener: AttendanceListener;
  /** By index; NaN is absent. */
  #weights = new Float64Array(0);

  constructor(listener: AttendanceListener) {
    this.#listener = listener;
  }

  update(candidates: readonly ReplicaView[]): void {
    const highest = candidates[candidates.length - 1]!.index;
    if (highest >= this.#weights.length) this.#grow(highest);
    const weights = this.#weights;
    let at = 0;
    for (let index = 0; index < weights.length; index++) {
      const candidate = candidates[at];
      const isHere = candidate?.index === index;
      if (isHere) at += 1;
      const wasHere = !Number.isNaN(weights[index]!);
      if (isHere && weights[index] === candidate.weight) continue;
      if (wasHere) this.#listener.left(index);
      if (isHere) this.#listener.came(candidate);
      weights[index] = isHere ? candidate.weight : Number.NaN;
    }
  }

  #grow(highest: number): void {
    const grown = new Float64Array(highest + 1).fill(Number.NaN);
    grown.set(this.#weights);
    this.#weights = grown;
  }
}
