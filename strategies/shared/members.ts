import type { ReplicaView } from '../strategy.ts';

/**
 * Who belongs to the pool: everyone who was a candidate once and has not left since. Who is missing
 * among the candidates of one request, because it failed or was tried already, still belongs.
 */
export class Members {
  /** By index; who is not in the pool is undefined. */
  readonly #replicas: (ReplicaView | undefined)[] = [];
  readonly #weights: number[] = [];
  #isChanged = false;

  /** Whether anyone has come or gone, or has another weight, since the last time. */
  update(candidates: readonly ReplicaView[]): boolean {
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      if (this.#weights[candidate.index] !== candidate.weight) this.#add(candidate);
    }
    const isChanged = this.#isChanged;
    this.#isChanged = false;
    return isChanged;
  }

  remove({ index }: ReplicaView): void {
    if (this.#replicas[index] === undefined) return;
    this.#replicas[index] = undefined;
    this.#weights[index] = 0;
    this.#isChanged = true;
  }

  list(): ReplicaView[] {
    return this.#replicas.filter((replica) => replica !== undefined);
  }

  #add(replica: ReplicaView): void {
    // Without holes, which would make every access slower.
    while (this.#replicas.length <= replica.index) {
      this.#replicas.push(undefined);
      this.#weights.push(0);
    }
    this.#replicas[replica.index] = replica;
    this.#weights[replica.index] = replica.weight;
    this.#isChanged = true;
  }
}
