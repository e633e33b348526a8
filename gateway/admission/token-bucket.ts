import { US_PER_S } from '../../core/time.ts';
import type { Charge, RateLimiter } from './rate-limiter.ts';

/**
 * A bucket that fills at a steady rate and lets through what is in it. A correction may leave it
 * below empty: who took more than was charged at first waits for it afterwards.
 */
export class TokenBucket implements RateLimiter {
  /** In millionths, because what comes in a microsecond is a whole number of them as a rule. */
  readonly #perUs: number;
  readonly #burst: number;
  #level: number;
  #atUs = 0;

  constructor({ burst, perS }: { readonly perS: number; readonly burst: number }) {
    this.#perUs = perS;
    this.#burst = burst * US_PER_S;
    this.#level = this.#burst;
  }

  waitUs(amount: number, nowUs: number): number {
    const asked = amount * US_PER_S;
    if (asked > this.#burst) return Number.POSITIVE_INFINITY;
    const missing = asked - this.#levelAt(nowUs);
    // Who comes when it was told to is not sent away for a rounding error.
    return Math.max(0, Math.ceil(missing / this.#perUs - roundingUs));
  }

  charge(amount: number, nowUs: number): Charge {
    this.#level = this.#levelAt(nowUs) - amount * US_PER_S;
    return {
      settle: (real, thenUs) => {
        const level = this.#levelAt(thenUs) + (amount - real) * US_PER_S;
        this.#level = Math.min(this.#burst, level);
      },
    };
  }

  #levelAt(nowUs: number): number {
    this.#level = Math.min(this.#burst, this.#level + (nowUs - this.#atUs) * this.#perUs);
    this.#atUs = nowUs;
    return this.#level;
  }
}

const roundingUs = 1e-3;
