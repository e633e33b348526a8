import type { FleetLoad, ScalingRule } from './scaling-rule.ts';

export interface LoadTargetPolicy {
  readonly signal: 'kvUsage' | 'ttftUs';
  readonly target: number;
  /** A ratio so near to one changes nothing. */
  readonly tolerance: number;
  /** The fleet becomes smaller only to what was enough for all of this time. */
  readonly stableForUs: number;
}

/**
 * As many replicas as bring a signal to its target if it is shared out evenly: the rule of
 * Kubernetes' HorizontalPodAutoscaler, ceil(size · value / target), with its tolerance and its
 * stabilisation window. Without a signal nothing changes.
 */
export class LoadTarget implements ScalingRule {
  readonly #policy: LoadTargetPolicy;
  #recommended: { readonly atUs: number; readonly size: number }[] = [];

  constructor(policy: LoadTargetPolicy) {
    this.#policy = policy;
  }

  wanted(load: FleetLoad, size: number, nowUs: number): number {
    const { signal, stableForUs, target, tolerance } = this.#policy;
    const ratio = load[signal] / target;
    if (Number.isNaN(ratio)) return size;
    const recommended = Math.abs(ratio - 1) <= tolerance ? size : Math.ceil(size * ratio);
    const recent = this.#recommended.filter(({ atUs }) => nowUs - atUs < stableForUs);
    this.#recommended = [...recent, { atUs: nowUs, size: recommended }];
    if (recommended >= size) return recommended;
    const enough = this.#recommended.reduce((most, one) => Math.max(most, one.size), 0);
    return Math.min(size, enough);
  }
}
