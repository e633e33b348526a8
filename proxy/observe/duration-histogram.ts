import { US_PER_S } from '../../core/time.ts';
import type { Sample } from './served-metrics.ts';

/** Counts of durations, as Prometheus has them: of each bound, how many were at most so long. */
export class DurationHistogram {
  readonly #bucketsS: readonly number[];
  readonly #boundsUs: Float64Array;
  /** The last one is of those beyond every bound. */
  readonly #counts: Float64Array;
  #sumUs = 0;

  constructor(bucketsS: readonly number[]) {
    this.#bucketsS = bucketsS;
    this.#boundsUs = Float64Array.from(bucketsS, (bound) => Math.round(bound * US_PER_S));
    this.#counts = new Float64Array(bucketsS.length + 1);
  }

  /** What was not reached is NaN, and is not counted. */
  observe(us: number): void {
    if (!(us >= 0)) return;
    const bounds = this.#boundsUs;
    let bucket = 0;
    while (bucket < bounds.length && us > bounds[bucket]!) bucket += 1;
    this.#counts[bucket]! += 1;
    this.#sumUs += us;
  }

  samples(name: string, labels: Sample['labels']): Sample[] {
    let count = 0;
    const buckets = Array.from(this.#counts, (inBucket, bucket) => {
      count += inBucket;
      const le = bucket < this.#bucketsS.length ? String(this.#bucketsS[bucket]) : '+Inf';
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sumUs / US_PER_S },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
