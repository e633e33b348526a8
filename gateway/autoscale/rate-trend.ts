import { US_PER_S } from '../../core/time.ts';
import type { FleetLoad, ScalingRule } from './scaling-rule.ts';
import { StableSize } from './stable-size.ts';

export interface RateTrendPolicy {
  /** What one replica can take. */
  readonly replicaRps: number;
  /** Share of that it is meant to be given. */
  readonly utilisation: number;
  /** Looked back upon, to draw a line through the rate. */
  readonly windowUs: number;
  /** Looked ahead: at least as long as a replica takes to boot. */
  readonly aheadUs: number;
  /** The fleet becomes smaller only to what was enough for all of this time. */
  readonly stableForUs: number;
}

/**
 * As many replicas as the rate will need when a new one could serve: a straight line through the
 * rates of the window, by least squares, prolonged. It never counts on less than there is now.
 */
export class RateTrend implements ScalingRule {
  readonly #policy: RateTrendPolicy;
  readonly #stable: StableSize;
  #looks: { readonly atUs: number; readonly arrivals: number }[] = [];

  constructor(policy: RateTrendPolicy) {
    this.#policy = policy;
    this.#stable = new StableSize(policy.stableForUs);
  }

  wanted({ arrivals }: FleetLoad, size: number, nowUs: number): number {
    const { aheadUs, replicaRps, utilisation, windowUs } = this.#policy;
    const recent = this.#looks.filter(({ atUs }) => nowUs - atUs <= windowUs);
    this.#looks = [...recent, { atUs: nowUs, arrivals }];
    const rates = this.#looks.flatMap((look, index) => {
      const before = this.#looks[index - 1];
      if (before === undefined || look.atUs === before.atUs) return [];
      const rps = (look.arrivals * US_PER_S) / (look.atUs - before.atUs);
      return [{ atUs: (look.atUs + before.atUs) / 2, rps }];
    });
    if (rates.length < 2) return size;
    const { mean, slope, meanAtUs } = lineThrough(rates);
    const nowRps = mean + slope * (nowUs - meanAtUs);
    const laterRps = nowRps + slope * aheadUs;
    const recommended = Math.ceil(Math.max(nowRps, laterRps, 0) / (replicaRps * utilisation));
    return this.#stable.of(recommended, size, nowUs);
  }
}

function lineThrough(rates: readonly { readonly atUs: number; readonly rps: number }[]) {
  const count = rates.length;
  const mean = rates.reduce((sum, { rps }) => sum + rps, 0) / count;
  const meanAtUs = rates.reduce((sum, { atUs }) => sum + atUs, 0) / count;
  let [covariance, variance] = [0, 0];
  for (const { atUs, rps } of rates) {
    covariance += (atUs - meanAtUs) * (rps - mean);
    variance += (atUs - meanAtUs) ** 2;
  }
  return { mean, meanAtUs, slope: covariance / variance };
}
