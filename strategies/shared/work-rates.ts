const samples = 64;
const fewestSamples = 8;

/** How much work a second each replica does: the 90th percentile of the last samples. */
export class WorkRates {
  readonly #replicas: { readonly last: Float64Array; count: number; rate: number }[] = [];

  /** Infinity until enough is known. */
  get(replica: number): number {
    if (replica >= this.#replicas.length) return Number.POSITIVE_INFINITY;
    return this.#replicas[replica]!.rate;
  }

  add(replica: number, sample: number): void {
    if (!Number.isFinite(sample)) return;
    while (this.#replicas.length <= replica) {
      this.#replicas.push({ last: new Float64Array(samples), count: 0, rate: Infinity });
    }
    const own = this.#replicas[replica]!;
    own.last[own.count % samples] = sample;
    own.count += 1;
    if (own.count < fewestSamples) return;
    const sorted = own.last.slice(0, Math.min(own.count, samples)).sort();
    own.rate = sorted[Math.floor(0.9 * sorted.length)]!;
  }
}
