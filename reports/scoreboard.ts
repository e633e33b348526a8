import { metrics } from './metrics.ts';
import type { Comparison, StrategySummary, Verdict } from './summary.ts';

/** Best first by the metric of the verdict; those that could not keep up last. */
export function byRank({
  strategies,
  verdict,
}: Pick<Comparison, 'strategies' | 'verdict'>): StrategySummary[] {
  const sign = metrics[verdict.metric].better === 'lower' ? 1 : -1;
  const rank = (strategy: StrategySummary) => {
    const { mean, standing } = strategy.metrics[verdict.metric];
    return standing === 'none' || mean === null ? Number.POSITIVE_INFINITY : sign * mean;
  };
  return [...strategies].sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first === second ? (a.name < b.name ? -1 : 1) : first - second;
  });
}

/** "kept", the objectives that were missed, or that the strategy never kept up at all. */
export function sloColumn({ thresholds, saturatedSeeds }: StrategySummary): string {
  if (saturatedSeeds > 0) return 'saturated';
  if (thresholds.length === 0) return '–';
  const missed = thresholds.filter(({ holds }) => !holds);
  if (missed.length === 0) return 'kept';
  return `missed ${missed.map(({ text }) => text.split(/\s/)[0]).join(', ')}`;
}

/** In every seed, and each of its objectives; without objectives it is enough to keep up. */
export function keepsSlo({
  saturatedSeeds,
  thresholds,
}: Pick<StrategySummary, 'saturatedSeeds' | 'thresholds'>): boolean {
  return saturatedSeeds === 0 && thresholds.every(({ holds }) => holds);
}

/** Nobody kept up, or nobody has what was to decide. */
export function saysNothing({ kind }: Pick<Verdict, 'kind'>): boolean {
  return kind === 'saturated' || kind === 'unmeasured';
}
