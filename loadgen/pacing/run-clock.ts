/** Time of a run: whole microseconds since its start, from a clock that nobody sets. */
export interface RunClock {
  nowUs(): number;
}

/** `hrtime` is one clock for all threads of the process; `performance.now` is not. */
export class HighResolutionClock implements RunClock {
  readonly #startNs: bigint;

  constructor(startNs = process.hrtime.bigint()) {
    this.#startNs = startNs;
  }

  nowUs(): number {
    return Math.round(Number(process.hrtime.bigint() - this.#startNs) / 1_000);
  }

  /** When a moment of the run is, for another thread. */
  nsOf(us: number): bigint {
    return this.#startNs + BigInt(us) * 1_000n;
  }
}
