import type { FleetLoad, ScalingRule } from './scaling-rule.ts';
import { StableSize } from './stable-size.ts';

export interface LoadTargetPolicy {
  readonly signal: 'kvUsage' | 'ttftUs';
  readonly target: number;
  /** A ratio so near to one changes nothing. */
  readonly tolerance: number;
  /** The fleet becomes smaller only to what was enough for all of this time. */
  readonly stableForUs: number;
  /** A size that was too small is not tried again for so long. */
  readonly avoidForUs: number;
}

/**
 * As many replicas as bring a signal to its target if it is shared out evenly: the rule of
 * Kubernetes' HorizontalPodAutoscaler, ceil(size · value / target), with its tolerance. Without a
 * signal nothing changes.
 *
 * Neither signal is shared out so evenly. Both grow without bounds once a queue builds up, and say
 * next to nothing before: the rule alone swings between the least and the most for ever. So a fleet
 * shrinks by one at a time, and not to a size that failed of late.
 */
export class LoadTarget implements ScalingRule {
  readonly #policy: LoadTargetPolicy;
  readonly #stable: StableSize;
  #tooSmall = { size: 0, atUs: Number.NEGATIVE_INFINITY };
  #grewUs = Number.NEGATIVE_INFINITY;

  constructor(policy: LoadTargetPolicy) {
    this.#policy = policy;
    this.#stable = new StableSize(policy.stableForUs);
  }

  wanted(load: FleetLoad, size: number, nowUs: number): number {
    const { signal, target, tolerance } = this.#policy;
    const ratio = load[signal] / target;
    if (Number.isNaN(ratio)) return size;
    const recommended = Math.abs(ratio - 1) <= tolerance ? size : Math.ceil(size * ratio);
    if (recommended > size) this.#remember(size, nowUs);
    const stable = this.#stable.of(recommended, size, nowUs);
    return stable >= size ? stable : this.#oneLess(size, stable, nowUs);
  }

  /** Of several misses in a row the first says which size failed: the others are its backlog. */
  #remember(size: number, nowUs: number): void {
    if (nowUs - this.#grewUs > this.#policy.stableForUs) this.#tooSmall = { size, atUs: nowUs };
    this.#grewUs = nowUs;
  }

  #oneLess(size: number, smaller: number, nowUs: number): number {
    const { atUs, size: failed } = this.#tooSmall;
    const next = Math.max(smaller, size - 1);
    return next <= failed && nowUs - atUs < this.#policy.avoidForUs ? size : next;
  }
}
