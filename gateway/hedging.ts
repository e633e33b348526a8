import type { Attempt } from './attempt.ts';
import type { AttemptWatcher } from './attempt-watcher.ts';
import type { HedgingPolicy } from './policy.ts';
import { isWithin } from './retries.ts';
import type { Timers } from './timers.ts';

export interface HedgingOptions<Work> {
  readonly policy: HedgingPolicy;
  readonly timers: Timers;
  readonly inSystem: () => number;
  /** Sends the request to a second replica, if there is one that may have it. */
  readonly hedge: (attempt: Attempt<Work>, nowUs: number) => Attempt<Work> | undefined;
}

/**
 * Sends a request that is slow to begin to a second replica as well ("The Tail at Scale", Dean and
 * Barroso, 2013). A prompt computed twice is dear, hence the budget.
 */
export class Hedging<Work> implements AttemptWatcher<Work> {
  readonly #options: HedgingOptions<Work>;
  readonly #hedges = new Set<Attempt<Work>>();

  constructor(options: HedgingOptions<Work>) {
    this.#options = options;
  }

  dispatched(attempt: Attempt<Work>, nowUs: number): void {
    const { policy, timers } = this.#options;
    if (attempt.request.attempts > 1) return;
    timers.at(nowUs + policy.afterUs, (thenUs) => this.#hedge(attempt, thenUs));
  }

  ended(attempt: Attempt<Work>): void {
    this.#hedges.delete(attempt);
  }

  #hedge(attempt: Attempt<Work>, nowUs: number): void {
    if (attempt.state !== 'awaiting') return;
    const { hedge, inSystem, policy } = this.#options;
    if (!isWithin(policy, this.#hedges.size, inSystem())) return;
    const second = hedge(attempt, nowUs);
    if (second !== undefined) this.#hedges.add(second);
  }
}
