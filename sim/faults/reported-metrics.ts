import type { MetricsMode } from '../../scenarios/fleet-events.ts';
import type { Gauges } from '../replica/engine.ts';

/** What a replica says of itself, when that goes wrong. */
export class ReportedMetrics {
  #mode: MetricsMode | 'ok' = 'ok';
  #frozen: Gauges | undefined = undefined;
  readonly #read: () => Gauges | undefined;

  constructor(read: () => Gauges | undefined) {
    this.#read = read;
  }

  get gauges(): Gauges | undefined {
    if (this.#mode === 'lost') return undefined;
    return this.#mode === 'frozen' ? this.#frozen : this.#read();
  }

  change(mode: MetricsMode | 'ok'): void {
    // What is frozen stays so if nobody can read it for a while.
    if (mode === 'frozen') this.#frozen ??= this.#read();
    if (mode === 'ok') this.#frozen = undefined;
    this.#mode = mode;
  }
}
