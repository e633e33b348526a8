import { formatChange, formatMetric } from '../reports/format.ts';
import { type MetricName, metrics } from '../reports/metrics.ts';
import type { Change, Verdict } from '../reports/summary.ts';
import { confidence, isDecided, meanWithInterval, pairedChange } from './statistics/paired.ts';
import { ranked, type StrategyRuns, valuesOf } from './summarise-strategy.ts';

/**
 * The answer in one sentence: the best strategy by one metric, against the runner-up, paired over
 * seeds. A strategy that could not keep up with the traffic takes no part.
 */
export function decide(all: readonly StrategyRuns[], metric: MetricName): Verdict {
  const [best, runnerUp] = ranked(all, metric);
  const seeds = all[0]!.runs.length;
  const base = { metric, confidence, seeds, best: null, runnerUp: null, change: null };
  if (best === undefined) return { ...base, kind: 'saturated', sentence: nobodyKeptUp(metric) };
  const bestName = best.strategy.name;
  const { label, unit, better } = metrics[metric];
  if (runnerUp === undefined) {
    const { mean } = meanWithInterval(valuesOf(best, metric));
    const sentence = `${bestName}: ${label} ${formatMetric(metric, mean)} ${unit}.`;
    return { ...base, kind: 'single', best: bestName, sentence };
  }
  const change = pairedChange(valuesOf(runnerUp, metric), valuesOf(best, metric), better);
  const names = { best: bestName, runnerUp: runnerUp.strategy.name };
  const kind = kindOf(change);
  return {
    ...base,
    ...names,
    kind,
    change,
    sentence: sentenceFor({ ...base, ...names, kind, change }),
  };
}

function kindOf(change: Change): 'winner' | 'tied' | 'identical' {
  if (change.seedsDiffering === 0) return 'identical';
  return isDecided(change) ? 'winner' : 'tied';
}

function sentenceFor(verdict: Omit<Verdict, 'sentence'> & { change: Change }): string {
  const { best, runnerUp, change, kind, metric, seeds } = verdict;
  const { label } = metrics[metric];
  if (kind === 'identical') {
    return `${best} and ${runnerUp} gave identical ${label} in all ${seeds} seeds.`;
  }
  const figures = formatChange(metric, change);
  const count = `better in ${change.seedsBetter} of ${seeds} seeds`;
  if (kind === 'winner') return `${best} beats ${runnerUp}: ${label} ${figures}, ${count}.`;
  const more = seeds < 2 ? 'one seed decides nothing; take --seeds 8' : count;
  return `${best} and ${runnerUp} are tied: ${label} ${figures}, ${more}.`;
}

function nobodyKeptUp(metric: MetricName): string {
  return `No strategy keeps up with this traffic, so ${metrics[metric].label} would only measure how long the run was. Lower the rate or add replicas.`;
}
