import { US_PER_S } from '../../core/time.ts';
import type { Charge, RateLimiter } from './rate-limiter.ts';

/**
 * A bucket that fills at a steady rate and lets through what is in it. A correction may leave it
 * below empty: who took more than was charged at first waits for it afterwards.
 */
export class TokenBucket implements RateLimiter {
  readonly #perUs: number;
  readonly #burst: number;
  #level: number;
  #atUs = 0;

  constructor({ burst, perS }: { readonly perS: number; readonly burst: number }) {
    this.#perUs = perS / US_PER_S;
    this.#burst = burst;
    this.#level = burst;
  }

  waitUs(amount: number, nowUs: number): number {
    if (amount > this.#burst) return Number.POSITIVE_INFINITY;
    this.#fill(nowUs);
    return Math.max(0, Math.ceil((amount - this.#level) / this.#perUs));
  }

  charge(amount: number, nowUs: number): Charge {
    this.#fill(nowUs);
    this.#level -= amount;
    return {
      settle: (real, thenUs) => {
        this.#fill(thenUs);
        this.#level = Math.min(this.#burst, this.#level + amount - real);
      },
    };
  }

  #fill(nowUs: number): void {
    this.#level = Math.min(this.#burst, this.#level + (nowUs - this.#atUs) * this.#perUs);
    this.#atUs = nowUs;
  }
}
