import { quantile } from '../core/quantiles.ts';
import { US_PER_MS } from '../core/time.ts';
import { round } from './round.ts';
import type { TailPoint } from './summary.ts';

const pointsPerDecade = 12;

/**
 * The distribution as one should look at it when the tail matters: at 1/(1-q) = 1, 10, 100, 1,000 …
 * stand the minimum, p90, p99 and p99.9. It ends where a single sample lies beyond.
 */
export function tailPoints(sorted: Float64Array): TailPoint[] {
  const points: TailPoint[] = [];
  for (let i = 0; ; i++) {
    const oneIn = Math.exp((i * Math.LN10) / pointsPerDecade);
    if (oneIn > sorted.length) return points;
    const us = quantile(sorted, 1 - 1 / oneIn)!;
    const thin = sorted.length / oneIn < 10;
    points.push({ oneIn: round(oneIn), ms: round(us / US_PER_MS), thin });
  }
}
