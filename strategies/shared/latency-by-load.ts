import { RecentSamples } from './recent-samples.ts';

/** Samples kept of each replica, and of how many near a load the median is taken. */
const kept = 64;
const near = 9;

/**
 * What a replica's latency is when it has about so many requests: the median of recent samples at
 * the nearest loads, as servers under Prequal estimate it of themselves.
 */
export class LatencyByLoad {
  /** Latencies, with the load at which each request came. */
  readonly #samples = new RecentSamples(kept);
  readonly #distances = new Float64Array(near);
  readonly #latencies = new Float64Array(near);

  add(index: number, latencyUs: number, load: number): void {
    this.#samples.add(index, latencyUs, load);
  }

  clear(index: number): void {
    this.#samples.clear(index);
  }

  /**
   * For the load at this place of the values, written to the next; zero when nothing is known, so
   * that who is not known is tried.
   */
  writeEstimateUs(values: Float64Array, at: number, index: number): void {
    const { tags } = this.#samples;
    const load = values[at]!;
    const count = this.#samples.count(index);
    let found = 0;
    for (let age = 0; age < count; age++) {
      const place = this.#samples.place(index, age);
      const distance = Math.abs(tags[place]! - load);
      if (found === near && distance >= this.#distances[near - 1]!) continue;
      if (found < near) found += 1;
      this.#distances[found - 1] = distance;
      this.#latencies[found - 1] = this.#samples.values[place]!;
      this.#sortIn(found - 1);
    }
    values[at + 1] = found === 0 ? 0 : this.#latencies[this.#median(found)]!;
  }

  /** Where the median is, once the latencies are in order. */
  #median(count: number): number {
    const latencies = this.#latencies;
    for (let i = 1; i < count; i++) {
      const latencyUs = latencies[i]!;
      let at = i;
      for (; at > 0 && latencies[at - 1]! > latencyUs; at--) latencies[at] = latencies[at - 1]!;
      latencies[at] = latencyUs;
    }
    return count >> 1;
  }

  /** Keeps the nearest in order, the newer first of equally near ones. */
  #sortIn(last: number): void {
    const distance = this.#distances[last]!;
    const latencyUs = this.#latencies[last]!;
    let at = last;
    for (; at > 0 && this.#distances[at - 1]! > distance; at--) {
      this.#distances[at] = this.#distances[at - 1]!;
      this.#latencies[at] = this.#latencies[at - 1]!;
    }
    this.#distances[at] = distance;
    this.#latencies[at] = latencyUs;
  }
}
