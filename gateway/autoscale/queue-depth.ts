import type { FleetLoad, ScalingRule } from './scaling-rule.ts';

export interface QueueDepthPolicy {
  /** More waiting than this, for so long, and there is one more. */
  readonly above: number;
  readonly aboveForUs: number;
  /** Nobody waiting for so long, and there is one less. */
  readonly idleForUs: number;
}

/** The classic: more than 5 waiting for 60 s, one more; nobody for 10 min, one less. */
export class QueueDepth implements ScalingRule {
  readonly #policy: QueueDepthPolicy;
  #busySinceUs = Number.NaN;
  #idleSinceUs = Number.NaN;
  #size = Number.NaN;
  #askedUs = Number.NEGATIVE_INFINITY;

  constructor(policy: QueueDepthPolicy) {
    this.#policy = policy;
  }

  wanted({ waiting }: FleetLoad, size: number, nowUs: number): number {
    const { above, aboveForUs, idleForUs } = this.#policy;
    this.#busySinceUs = waiting > above ? firstOf(this.#busySinceUs, nowUs) : Number.NaN;
    this.#idleSinceUs = waiting === 0 ? firstOf(this.#idleSinceUs, nowUs) : Number.NaN;
    if (size !== this.#size) this.#beginAnew(size);
    const isBusy = nowUs - this.#busySinceUs >= aboveForUs;
    const isIdle = nowUs - this.#idleSinceUs >= idleForUs;
    if (isBusy || isIdle) this.#askedUs = nowUs;
    if (isBusy) return size + 1;
    if (isIdle) return size - 1;
    return size;
  }

  /** Each step asks for the whole time once more; what cool-downs held up still stands. */
  #beginAnew(size: number): void {
    this.#size = size;
    this.#busySinceUs = Math.max(this.#busySinceUs, this.#askedUs);
    this.#idleSinceUs = Math.max(this.#idleSinceUs, this.#askedUs);
  }
}

function firstOf(sinceUs: number, nowUs: number): number {
  return Number.isNaN(sinceUs) ? nowUs : sinceUs;
}
