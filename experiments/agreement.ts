import {
  type Agreement,
  type AgreementFigure,
  type AgreementMetric,
  agreementMetricNames,
  agreementMetrics,
  agreementVersion,
  type Estimate,
  type StrategyAgreement,
} from '../reports/agreement.ts';
import { agreementSentence } from '../reports/agreement-text.ts';
import { round } from '../reports/round.ts';
import type { RunSummary } from '../reports/summary.ts';
import { valuesOf } from './agreement-values.ts';
import { rankingAgreement } from './ranking-agreement.ts';
import { meanWithInterval } from './statistics/paired.ts';

/** A strategy in both worlds, with the same traffic. */
export interface BothWorlds {
  readonly name: string;
  /** Where it was simulated under another name; left out, under the same. */
  readonly simulatedAs?: string;
  /** One for each seed; the same seeds in the same order for all strategies. */
  readonly simulated: readonly RunSummary[];
  /** One for each repetition, likewise. */
  readonly measured: readonly RunSummary[];
}

/** Whether what the simulator says comes true, figure by figure and in the order of strategies. */
export function agreement(all: readonly BothWorlds[]): Agreement {
  const strategies = all.map(strategyAgreement);
  const verdicts = strategies.flatMap(({ figures }) =>
    agreementMetricNames.flatMap((name) => figures[name].ok ?? []),
  );
  const figures = { judged: verdicts.length, within: verdicts.filter((ok) => ok).length };
  const ranking = rankingAgreement(all, strategies);
  const isComparable = strategies.every(({ fellBehindOnly }) => fellBehindOnly === null);
  const isWithin = figures.judged > 0 && figures.within === figures.judged;
  const result = {
    schemaVersion: agreementVersion,
    kind: 'agreement',
    strategies,
    ranking,
    figures,
    ok: isComparable && isWithin && ranking.agreeing === ranking.decided,
  } as const;
  return { ...result, sentence: agreementSentence(result) };
}

function strategyAgreement(worlds: BothWorlds): StrategyAgreement {
  const { measured, name, simulated, simulatedAs = name } = worlds;
  const behind = { simulated: fellBehind(simulated), measured: fellBehind(measured) };
  const onlyGrows = behind.simulated && behind.measured;
  const saturated = behind.simulated || behind.measured;
  const oneOf = behind.simulated ? 'simulated' : 'measured';
  const figures = agreementMetricNames.map((metric) => [
    metric,
    figureOf(metric, { simulated, measured, onlyGrows }),
  ]);
  return {
    name,
    simulatedAs,
    simulatedRuns: simulated.length,
    measuredRuns: measured.length,
    saturated,
    fellBehindOnly: saturated && !onlyGrows ? oneOf : null,
    figures: Object.fromEntries(figures) as StrategyAgreement['figures'],
  };
}

function fellBehind(runs: readonly RunSummary[]): boolean {
  return runs.filter(({ saturated }) => saturated).length * 2 > runs.length;
}

interface Runs {
  readonly simulated: readonly RunSummary[];
  readonly measured: readonly RunSummary[];
  /** The queue, in both worlds. */
  readonly onlyGrows: boolean;
}

function figureOf(
  metric: AgreementMetric,
  { simulated, measured, onlyGrows }: Runs,
): AgreementFigure {
  const { family, limit } = agreementMetrics[metric];
  const [predicted, found] = [estimateOf(metric, simulated), estimateOf(metric, measured)];
  const base = { simulated: predicted, measured: found, limit };
  if (predicted === null && found === null) return { ...base, error: null, ok: null };
  if (predicted === null || found === null) return { ...base, error: null, ok: false };
  const error = relativeError(predicted.mean, found.mean);
  // Where a queue only grows, latency says no more than how long the run was.
  if (onlyGrows && family !== 'rate') return { ...base, error, ok: null };
  return { ...base, error, ok: error !== null && Math.abs(error) <= limit };
}

/** Null where something was predicted and there is nothing: no share can say how wrong that is. */
function relativeError(simulated: number, measured: number): number | null {
  if (simulated === measured) return 0;
  return measured === 0 ? null : round(simulated / measured - 1);
}

function estimateOf(metric: AgreementMetric, runs: readonly RunSummary[]): Estimate | null {
  const values = valuesOf(metric, runs);
  if (values === undefined) return null;
  const { interval, mean } = meanWithInterval(values);
  return {
    mean: round(mean),
    interval: interval && { low: round(interval.low), high: round(interval.high) },
  };
}
