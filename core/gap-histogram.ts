const longestUs = 3_600_000_000;

/**
 * Gaps below this are counted one by one; above, each octave has half as many buckets. So a bucket
 * is never wider than a thousandth of its values.
 */
const exactUs = 2_048;
const halfBits = 10;
const bucketCount = bucketOf(longestUs) + 1;

/** Gaps that grow by the same amount from one to the next, each of which occurs `count` times. */
export interface GapSeries {
  readonly firstUs: number;
  readonly growthUs: number;
  readonly steps: number;
  readonly count: number;
}

/**
 * The gaps between tokens, pooled over requests: hundreds of times more samples than requests, so
 * they are counted in buckets that err by at most 0.1 % instead of being kept. It has the buckets
 * of an HDR histogram with three digits, and takes a whole series of gaps at once.
 */
export class GapHistogram {
  count = 0;
  readonly #counts = new Float64Array(bucketCount);

  record(gapUs: number, count: number): void {
    this.#counts[bucketOf(gapUs < longestUs ? gapUs : longestUs)]! += count;
    this.count += count;
  }

  /** Each gap of the series is rounded by itself. */
  recordSeries(series: GapSeries): void {
    const { firstUs, growthUs, steps, count } = series;
    const firstGapUs = Math.round(firstUs);
    const lastGapUs = Math.round(firstUs + growthUs * (steps - 1));
    if (bucketOf(lastGapUs) === bucketOf(firstGapUs)) {
      this.record(firstGapUs, count * steps);
      return;
    }
    for (let step = 0; step < steps; ) {
      const gapUs = Math.round(firstUs + growthUs * step);
      const end = Math.min(steps, firstStepAbove(highestOf(bucketOf(gapUs)), series));
      this.record(gapUs, count * (end - step));
      step = end;
    }
  }

  /** The same gaps by a clock that goes `factor` times as fast. */
  scaled(factor: number): GapHistogram {
    const scaled = new GapHistogram();
    for (const [bucket, count] of this.#counts.entries()) {
      if (count > 0) scaled.record(Math.round(highestOf(bucket) * factor), count);
    }
    return scaled;
  }

  /** How many are in each bucket; another thread can be told them. */
  get counts(): Float64Array {
    return this.#counts.slice();
  }

  add(counts: Float64Array): void {
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      this.#counts[bucket]! += counts[bucket]!;
      this.count += counts[bucket]!;
    }
  }

  /** Undefined as long as nothing was recorded. */
  quantileUs(q: number): number | undefined {
    if (this.count === 0) return undefined;
    // A count that is whole but for the last bit of the product must not be rounded up.
    const wanted = Math.max(1, Math.ceil(q * this.count * (1 - Number.EPSILON)));
    let bucket = 0;
    for (let seen = this.#counts[0]!; seen < wanted; seen += this.#counts[bucket]!) bucket += 1;
    return q === 0 ? lowestOf(bucket) : highestOf(bucket);
  }
}

function bucketOf(gapUs: number): number {
  if (gapUs < exactUs) return gapUs;
  const octave = 31 - Math.clz32(gapUs) - halfBits;
  return (octave << halfBits) + (gapUs >>> octave);
}

function lowestOf(bucket: number): number {
  if (bucket < exactUs) return bucket;
  const octave = (bucket >> halfBits) - 1;
  return (bucket - (octave << halfBits)) * (1 << octave);
}

function highestOf(bucket: number): number {
  return lowestOf(bucket + 1) - 1;
}

/** The first step whose rounded gap is longer than `gapUs`. */
function firstStepAbove(gapUs: number, { firstUs, growthUs }: GapSeries): number {
  const gapAt = (step: number) => Math.round(firstUs + growthUs * step);
  let step = Math.max(1, Math.floor((gapUs + 0.5 - firstUs) / growthUs));
  while (gapAt(step) <= gapUs) step += 1;
  while (gapAt(step - 1) > gapUs) step -= 1;
  return step;
}
