import type { Attempt } from './attempt.ts';
import type { AttemptWatcher } from './attempt-watcher.ts';
import type { GatewayRequest } from './gateway-request.ts';
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
  /** Those that have two attempts. */
  readonly #hedged = new Set<GatewayRequest<Work>>();

  constructor(options: HedgingOptions<Work>) {
    this.#options = options;
  }

  dispatched(attempt: Attempt<Work>, nowUs: number): void {
    const { policy, timers } = this.#options;
    if (attempt.request.attempts > 1) return;
    timers.at(nowUs + policy.afterUs, (thenUs) => this.#hedge(attempt, thenUs));
  }

  /** Of two attempts one has ended, and the other is none too many. */
  ended({ request }: Attempt<Work>): void {
    this.#hedged.delete(request);
  }

  #hedge(attempt: Attempt<Work>, nowUs: number): void {
    if (attempt.state !== 'awaiting') return;
    const { hedge, inSystem, policy } = this.#options;
    if (!isWithin(policy, this.#hedged.size, inSystem())) return;
    if (hedge(attempt, nowUs) !== undefined) this.#hedged.add(attempt.request);
  }
}
