import { US_PER_S } from '../../core/time.ts';

const slotUs = 5 * US_PER_S;
const slots = 12;

/** How often something happened in the last minute, to within five seconds of it. */
export class RecentCount {
  readonly #counts = new Float64Array(slots);
  #slot = 0;

  add(nowUs: number): void {
    this.#advance(nowUs);
    this.#counts[this.#slot % slots]! += 1;
  }

  total(nowUs: number): number {
    this.#advance(nowUs);
    return this.#counts.reduce((total, count) => total + count, 0);
  }

  #advance(nowUs: number): void {
    const slot = Math.floor(nowUs / slotUs);
    if (slot - this.#slot >= slots) {
      this.#counts.fill(0);
      this.#slot = slot;
    }
    while (this.#slot < slot) {
      this.#slot += 1;
      this.#counts[this.#slot % slots] = 0;
    }
  }
}
