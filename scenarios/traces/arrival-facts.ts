import { US_PER_S } from '../../core/time.ts';

/** How uneven the arrivals of a trace are, row by row and in little memory. */
export class ArrivalFacts {
  readonly #gaps = new Moments();
  readonly #bins = [1, 10, 60, 300].map((widthS) => new CountsPerBin(widthS));
  /** Of the gaps inside each five minutes. */
  readonly #windowCvs: number[] = [];
  #windowGaps = new Moments();
  #window = 0;
  #zeroGaps = 0;
  #firstUs = Number.NaN;
  #lastUs = Number.NaN;

  add(arrivalUs: number): void {
    if (Number.isNaN(this.#firstUs)) this.#firstUs = arrivalUs;
    const sinceUs = arrivalUs - this.#firstUs;
    const window = Math.floor(sinceUs / (cvWindowS * US_PER_S));
    if (window !== this.#window) this.#endWindow(window);
    else if (!Number.isNaN(this.#lastUs)) this.#windowGaps.add(arrivalUs - this.#lastUs);
    if (!Number.isNaN(this.#lastUs)) {
      const gapUs = arrivalUs - this.#lastUs;
      this.#gaps.add(gapUs);
      if (gapUs === 0) this.#zeroGaps += 1;
    }
    for (const bin of this.#bins) bin.add(sinceUs);
    this.#lastUs = arrivalUs;
  }

  result() {
    const cvs = [...this.#windowCvs, ...this.#openWindow()].sort((a, b) => a - b);
    const middle = cvs.length >> 1;
    return {
      spanUs: this.#gaps.count === 0 ? 0 : this.#lastUs - this.#firstUs,
      gapCv: this.#gaps.cv,
      zeroGapShare: this.#zeroGaps / this.#gaps.count,
      medianWindowCv: cvs.length % 2 === 1 ? cvs[middle]! : (cvs[middle - 1]! + cvs[middle]!) / 2,
      counts: this.#bins.map((bin) => bin.result()),
    };
  }

  #endWindow(next: number): void {
    this.#windowCvs.push(...this.#openWindow());
    this.#windowGaps = new Moments();
    this.#window = next;
  }

  #openWindow(): number[] {
    return this.#windowGaps.count > 1 ? [this.#windowGaps.cv] : [];
  }
}

const cvWindowS = 300;

/** Mean and population variance, without the numbers themselves (B. P. Welford, 1962). */
class Moments {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count += 1;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.#squares += before * (value - this.mean);
  }

  addZeros(zeros: number): void {
    const count = this.count + zeros;
    if (count === 0) return;
    this.#squares += (this.mean * this.mean * this.count * zeros) / count;
    this.mean = (this.mean * this.count) / count;
    this.count = count;
  }

  get variance(): number {
    return this.#squares / this.count;
  }

  get cv(): number {
    return Math.sqrt(this.variance) / this.mean;
  }
}

/** Arrivals in equal bins from the first one on; the last bin, which is partial, does not count. */
class CountsPerBin {
  readonly #widthS: number;
  readonly #counts = new Moments();
  #bin = 0;
  #inBin = 0;
  #peak = 0;

  constructor(widthS: number) {
    this.#widthS = widthS;
  }

  add(sinceFirstUs: number): void {
    const bin = Math.floor(sinceFirstUs / (this.#widthS * US_PER_S));
    if (bin > this.#bin) {
      this.#counts.add(this.#inBin);
      this.#counts.addZeros(bin - this.#bin - 1);
      this.#peak = Math.max(this.#peak, this.#inBin);
      this.#bin = bin;
      this.#inBin = 0;
    }
    this.#inBin += 1;
  }

  result() {
    const { mean, variance } = this.#counts;
    return {
      binS: this.#widthS,
      /** Variance over mean: 1 for a Poisson process, whatever the bin. */
      dispersion: variance / mean,
      peakToMean: this.#peak / mean,
    };
  }
}
