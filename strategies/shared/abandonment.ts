import type { AttemptEnd } from '../strategy.ts';

/** Ends that count. */
const memory = 64;
const commonShare = 0.1;

/** Whether clients go away before their answers are complete. */
export class Abandonment {
  readonly #share = new Float64Array(1);

  ended(outcome: AttemptEnd['outcome']): void {
    const isAbandoned = outcome === 'cancelled' || outcome === 'timeout' ? 1 : 0;
    this.#share[0]! += (isAbandoned - this.#share[0]!) / memory;
  }

  get isCommon(): boolean {
    return this.#share[0]! > commonShare;
  }
}
