import type { Random } from '../core/random.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptWatcher } from './attempt-watcher.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { Budget, RetryPolicy } from './policy.ts';

/** Whether one more extra attempt is within the budget, of so many requests in the gateway. */
export function isWithin({ atLeast, share }: Budget, extra: number, inSystem: number): boolean {
  return extra < Math.max(atLeast, share * inSystem);
}

/**
 * Who may be sent again, and when. A budget keeps a fleet that is in trouble from being asked for
 * more than it was: without one, two retries make three times the load (Envoy's retry budget).
 */
export class Retries<Work> implements AttemptWatcher<Work> {
  readonly #policy: RetryPolicy;
  readonly #random: Random;
  /** Requests that wait to be sent again, or were. */
  #active = 0;

  constructor(policy: RetryPolicy, random: Random) {
    this.#policy = policy;
    this.#random = random;
  }

  /**
   * How long to wait before the next attempt; infinity where there is none. The nth is drawn from
   * nothing up to (2^n - 1) times the base, as Envoy does it.
   */
  backoffUs(request: GatewayRequest<Work>, inSystem: number): number {
    const { backoffUs, maxBackoffUs, most } = this.#policy;
    const nth = request.attempts;
    if (nth > most || !isWithin(this.#policy, this.#active, inSystem)) {
      return Number.POSITIVE_INFINITY;
    }
    request.isRetried = true;
    this.#active += 1;
    return Math.floor(this.#random() * Math.min((2 ** nth - 1) * backoffUs, maxBackoffUs));
  }

  ended({ request }: Attempt<Work>): void {
    this.release(request);
  }

  /** It is not sent again, or that is over. */
  release(request: GatewayRequest<Work>): void {
    if (!request.isRetried) return;
    request.isRetried = false;
    this.#active -= 1;
  }
}
