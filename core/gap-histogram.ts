import { build, type Histogram } from 'hdr-histogram-js';

const longestUs = 3_600_000_000;

/**
 * The gaps between tokens, pooled over requests: hundreds of times more samples than requests, so
 * they are counted in buckets that err by at most 0.1 % instead of being kept.
 */
export class GapHistogram {
  readonly #counts: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestUs,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
  });

  get count(): number {
    return this.#counts.totalCount;
  }

  record(gapUs: number, count: number): void {
    this.#counts.recordValueWithCount(Math.min(gapUs, longestUs), count);
  }

  add(other: GapHistogram): void {
    this.#counts.add(other.#counts);
  }

  /** Undefined as long as nothing was recorded. */
  quantileUs(q: number): number | undefined {
    return this.count === 0 ? undefined : this.#counts.getValueAtPercentile(q * 100);
  }
}
