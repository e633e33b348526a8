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

  constructor(policy: QueueDepthPolicy) {
    this.#policy = policy;
  }

  wanted({ waiting }: FleetLoad, size: number, nowUs: number): number {
    const { above, aboveForUs, idleForUs } = this.#policy;
    this.#busySinceUs = waiting > above ? firstOf(this.#busySinceUs, nowUs) : Number.NaN;
    this.#idleSinceUs = waiting === 0 ? firstOf(this.#idleSinceUs, nowUs) : Number.NaN;
    // Each step asks for the whole time once more.
    if (nowUs - this.#busySinceUs >= aboveForUs) {
      this.#busySinceUs = nowUs;
      return size + 1;
    }
    if (nowUs - this.#idleSinceUs >= idleForUs) {
      this.#idleSinceUs = nowUs;
      return size - 1;
    }
    return size;
  }
}

function firstOf(sinceUs: number, nowUs: number): number {
  return Number.isNaN(sinceUs) ? nowUs : sinceUs;
}
