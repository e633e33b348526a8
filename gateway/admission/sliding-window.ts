import type { Charge, RateLimiter } from './rate-limiter.ts';

interface Taken {
  readonly atUs: number;
  amount: number;
}

/**
 * At most so much in any window of that length, exactly: every charge is remembered until it is too
 * old to count.
 */
export class SlidingWindow implements RateLimiter {
  readonly #most: number;
  readonly #windowUs: number;
  #taken: Taken[] = [];
  #sum = 0;

  constructor({ most, windowUs }: { readonly most: number; readonly windowUs: number }) {
    this.#most = most;
    this.#windowUs = windowUs;
  }

  waitUs(amount: number, nowUs: number): number {
    if (amount > this.#most) return Number.POSITIVE_INFINITY;
    this.#forget(nowUs);
    let excess = this.#sum + amount - this.#most;
    if (excess <= 0) return 0;
    for (const taken of this.#taken) {
      excess -= taken.amount;
      if (excess <= 0) return taken.atUs + this.#windowUs - nowUs;
    }
    return this.#windowUs;
  }

  charge(amount: number, nowUs: number): Charge {
    this.#forget(nowUs);
    const taken = { atUs: nowUs, amount };
    this.#taken.push(taken);
    this.#sum += amount;
    return {
      settle: (real, thenUs) => {
        this.#forget(thenUs);
        // What was forgotten is not in the sum any more.
        if (taken.atUs > thenUs - this.#windowUs) this.#sum += real - taken.amount;
        taken.amount = real;
      },
    };
  }

  #forget(nowUs: number): void {
    const firstThatCounts = this.#taken.findIndex(({ atUs }) => atUs > nowUs - this.#windowUs);
    const old = firstThatCounts < 0 ? this.#taken.length : firstThatCounts;
    for (let index = 0; index < old; index++) this.#sum -= this.#taken[index]!.amount;
    if (old > 0) this.#taken = this.#taken.slice(old);
  }
}
