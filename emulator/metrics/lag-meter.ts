import { GapHistogram } from '../../core/gap-histogram.ts';
import type { EngineClock } from '../engine-clock.ts';
import { BucketHistogram } from './bucket-histogram.ts';

export interface LagWindow {
  readonly tokens: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LagMeterOptions {
  readonly clock: EngineClock;
  /** Told of each window in which tokens were late for more than is good. */
  readonly onLate: (window: LagWindow) => void;
}

const windowMs = 5_000;
/** Above it, what a client measures is not what was simulated. */
const mostP99Ms = 5;
/** Fewer tokens say nothing about a hundredth of them. */
const fewestTokens = 1_000;

/** How much later than the engine had them tokens were written, by the clock on the wall. */
export class LagMeter {
  readonly histogram = new BucketHistogram([
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
  ]);
  /** Since the beginning, or since somebody began to measure. */
  measured = new GapHistogram();
  readonly #options: LagMeterOptions;
  #window = new GapHistogram();
  #windowEndMs = 0;

  constructor(options: LagMeterOptions) {
    this.#options = options;
  }

  /** Right after a token was written that the engine had at `dueUs`. */
  record(dueUs: number): void {
    const nowMs = performance.now();
    const lagMs = Math.max(0, nowMs - this.#options.clock.wallMs(dueUs));
    const lagUs = Math.round(lagMs * 1_000);
    this.histogram.record(lagMs / 1_000);
    this.measured.record(lagUs, 1);
    this.#window.record(lagUs, 1);
    if (nowMs >= this.#windowEndMs) this.#endWindow(nowMs);
  }

  /** What was measured so far is forgotten, but for the histogram of the metrics. */
  beginMeasuring(): void {
    this.measured = new GapHistogram();
  }

  #endWindow(nowMs: number): void {
    const window = lagOf(this.#window);
    this.#windowEndMs = nowMs + windowMs;
    this.#window = new GapHistogram();
    if (window.tokens >= fewestTokens && window.p99Ms > mostP99Ms) this.#options.onLate(window);
  }
}

export function lagOf(histogram: GapHistogram): LagWindow {
  const msAt = (q: number) => (histogram.quantileUs(q) ?? 0) / 1_000;
  return { tokens: histogram.count, p50Ms: msAt(0.5), p99Ms: msAt(0.99) };
}
