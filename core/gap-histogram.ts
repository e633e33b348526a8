import { build, type Histogram } from 'hdr-histogram-js';

const longestUs = 3_600_000_000;

export interface GapSeries {
  readonly firstUs: number;
  readonly growthUs: number;
  readonly steps: number;
  readonly count: number;
}

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

  /** `count` times each of the gaps `firstUs`, `firstUs + growthUs`, …, rounded one by one. */
  recordSeries(series: GapSeries): void {
    const { firstUs, growthUs, steps, count } = series;
    for (let step = 0; step < steps; ) {
      const gapUs = Math.round(firstUs + growthUs * step);
      const equalSteps = growthUs > 0 ? this.#stepsInBucket(series, step, gapUs) : steps;
      this.record(gapUs, count * equalSteps);
      step += equalSteps;
    }
  }

  /** How many gaps of a series from `step` on fall into the bucket of `gapUs`. */
  #stepsInBucket({ firstUs, growthUs, steps }: GapSeries, step: number, gapUs: number): number {
    // Three digits are 2,048 buckets below 2,048 us, and 1,024 in every octave above.
    const widthUs = 2 ** Math.max(0, 21 - Math.clz32(gapUs));
    const highestUs = gapUs - (gapUs % widthUs) + widthUs - 1;
    const gapAt = (at: number) => Math.round(firstUs + growthUs * at);
    if (gapAt(steps - 1) <= highestUs) return steps - step;
    let end = Math.floor((highestUs + 0.5 - firstUs) / growthUs) + 1;
    while (gapAt(end) <= highestUs) end += 1;
    while (end > step + 1 && gapAt(end - 1) > highestUs) end -= 1;
    return end - step;
  }

  add(other: GapHistogram): void {
    this.#counts.add(other.#counts);
  }

  /** Undefined as long as nothing was recorded. */
  quantileUs(q: number): number | undefined {
    return this.count === 0 ? undefined : this.#counts.getValueAtPercentile(q * 100);
  }
}
