import type { FleetLoad, ScalingRule } from './scaling-rule.ts';

export interface AutoscalerPolicy {
  readonly least: number;
  readonly most: number;
  /** After replicas were added no more are added for so long; what boots is not yet felt. */
  readonly coolDownUpUs: number;
  /** After any change none is taken away for so long. */
  readonly coolDownDownUs: number;
  /** Most that are added or taken away at once. */
  readonly mostAtOnce: number;
}

/** Replicas of a group, without those that drain: these are on their way out. */
export interface FleetSize {
  readonly serving: number;
  readonly booting: number;
  /** Machines that could be switched on: one that drains cannot. */
  readonly off: number;
}

export type ScalingStep =
  | { readonly kind: 'none' }
  | { readonly kind: 'add'; readonly count: number }
  /** They are drained first: what they have they finish. */
  | { readonly kind: 'drain'; readonly count: number };

/**
 * Turns what a rule wants into steps, within limits and not too often. Whoever calls it boots and
 * drains; a replica that boots counts as there, or each look would add it once more.
 */
export class Autoscaler {
  readonly #policy: AutoscalerPolicy;
  readonly #rule: ScalingRule;
  #addedUs = Number.NEGATIVE_INFINITY;
  #changedUs = Number.NEGATIVE_INFINITY;

  constructor(policy: AutoscalerPolicy, rule: ScalingRule) {
    this.#policy = policy;
    this.#rule = rule;
  }

  look(load: FleetLoad, { booting, off, serving }: FleetSize, nowUs: number): ScalingStep {
    const { coolDownDownUs, coolDownUpUs, least, most, mostAtOnce } = this.#policy;
    const size = serving + booting;
    const wanted = this.#rule.wanted(load, size, nowUs);
    const meant = Math.min(most, Math.max(least, wanted));
    const count = Math.min(Math.abs(meant - size), mostAtOnce);
    if (meant > size) {
      if (off === 0) return { kind: 'none' };
      // Below the least there must not be, however lately the last change was.
      if (size >= least && nowUs - this.#addedUs < coolDownUpUs) return { kind: 'none' };
      this.#addedUs = nowUs;
      this.#changedUs = nowUs;
      return { kind: 'add', count: Math.min(count, off) };
    }
    // While others boot the load is not what it will be.
    const isEarly = booting > 0 || nowUs - this.#changedUs < coolDownDownUs;
    if (meant === size || isEarly) return { kind: 'none' };
    this.#changedUs = nowUs;
    return { kind: 'drain', count };
  }
}
