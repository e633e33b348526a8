import type { EngineClock } from './engine-clock.ts';
import { Pacer } from './pacer.ts';
import type { PlayedEngine } from './played-engine.ts';

/** Plays all engines of a process by the clock. */
export class EnginePlayer {
  readonly clock: EngineClock;
  readonly #engines = new Set<PlayedEngine>();
  readonly #pacer: Pacer;

  constructor(clock: EngineClock) {
    this.clock = clock;
    this.#pacer = new Pacer(() => this.#onDue());
  }

  add(engine: PlayedEngine): void {
    this.#engines.add(engine);
  }

  /** From now on nothing happens in it. */
  remove(engine: PlayedEngine): void {
    this.#engines.delete(engine);
  }

  /** Lets an engine catch up with the clock, after something was asked of it. */
  play(engine: PlayedEngine, nowUs: number): void {
    engine.advance(nowUs);
    this.#wakeFor(engine);
  }

  async stop(): Promise<void> {
    this.#engines.clear();
    await this.#pacer.stop();
  }

  #onDue(): void {
    for (const engine of this.#engines) {
      const nowUs = this.clock.nowUs();
      if (engine.nextUs <= nowUs) engine.advance(nowUs);
      this.#wakeFor(engine);
    }
  }

  #wakeFor(engine: PlayedEngine): void {
    const { nextUs } = engine;
    if (nextUs < Number.POSITIVE_INFINITY && this.#engines.has(engine)) {
      this.#pacer.wakeAt(this.clock.wallMs(nextUs));
    }
  }
}
