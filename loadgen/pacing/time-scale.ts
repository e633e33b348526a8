/**
 * A scenario may be played faster or slower than it was written: `factor` of its seconds pass in a
 * second of the clock. What clients wait for is scenario time; what is measured is clock time.
 */
export class TimeScale {
  readonly factor: number;

  constructor(factor: number) {
    this.factor = factor;
  }

  /** Infinity stays what it is. */
  clockUs(scenarioUs: number): number {
    return Math.round(scenarioUs / this.factor);
  }

  scenarioUs(clockUs: number): number {
    return Math.round(clockUs * this.factor);
  }
}
