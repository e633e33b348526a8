import { PerReplica } from './per-replica.ts';
import { SlidingQuantile } from './sliding-quantile.ts';

const samples = 64;
const fewestSamples = 8;

/** How much work a second each replica does: the 90th percentile of the last samples. */
export class WorkRates {
  readonly #rates = new PerReplica(Number.POSITIVE_INFINITY);
  readonly #samples: SlidingQuantile[] = [];
  readonly #newest = new Float64Array(1);

  /** By the index of a replica, infinity until enough is known; lent until the next call. */
  upTo(index: number): Float64Array {
    return this.#rates.upTo(index);
  }

  add(index: number, sample: number): void {
    if (!Number.isFinite(sample)) return;
    while (this.#samples.length <= index) this.#samples.push(new SlidingQuantile(samples, 0.9));
    const own = this.#samples[index]!;
    this.#newest[0] = sample;
    own.add(this.#newest);
    if (own.added >= fewestSamples) own.write(this.#rates.upTo(index), index);
  }

  /** Another engine. */
  forget(index: number): void {
    if (index >= this.#samples.length) return;
    this.#samples[index] = new SlidingQuantile(samples, 0.9);
    this.#rates.set(index, Number.POSITIVE_INFINITY);
  }
}
