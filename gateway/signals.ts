import type { Strategy } from '../strategies/strategy.ts';
import type { ReplicaState } from './replica-state.ts';
import type { LoadSample } from './reported-load.ts';

/** What replicas say of themselves comes in here, on its way to the strategy. */
export class Signals {
  readonly #replicas: readonly ReplicaState[];
  readonly #strategy: Strategy;

  constructor(replicas: readonly ReplicaState[], strategy: Strategy) {
    this.#replicas = replicas;
    this.#strategy = strategy;
  }

  /** A replica is about to be asked for its metrics. */
  onAsked(replica: number): void {
    this.#replicas[replica]!.reported.ask();
  }

  onReported(replica: number, sample: LoadSample, nowUs: number): void {
    const state = this.#replicas[replica]!;
    state.reported.answer(sample);
    this.#strategy.onReported?.(state, nowUs);
  }
}
