/** The time of engines, which goes `scale` times as fast as the clock on the wall. */
export class EngineClock {
  readonly scale: number;
  readonly #originMs = performance.now();

  constructor(scale: number) {
    this.scale = scale;
  }

  nowUs(): number {
    return Math.floor((performance.now() - this.#originMs) * 1_000 * this.scale);
  }

  /** In the time of `performance.now()`. */
  wallMs(engineUs: number): number {
    return this.#originMs + engineUs / (1_000 * this.scale);
  }
}
