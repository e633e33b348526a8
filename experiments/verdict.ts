import { countOf, formatChange, formatMetric } from '../reports/format.ts';
import { type MetricName, metrics, requestsForP999 } from '../reports/metrics.ts';
import type { Change, Verdict } from '../reports/summary.ts';
import type { Looks } from './statistics/looks.ts';
import {
  confidence,
  isDecided,
  meanWithInterval,
  pairedChange,
  pairedOutcome,
} from './statistics/paired.ts';
import { keptUp, ranked, type StrategyRuns, valuesOf } from './summarise-strategy.ts';

/**
 * The answer in one sentence: the best strategy by one metric, against the runner-up, paired over
 * seeds. A strategy that could not keep up with the traffic takes no part. There is a winner where
 * the test at the level of the looks says so; the interval that is shown is always that of 95 %.
 */
export function decide(
  all: readonly StrategyRuns[],
  metric: MetricName,
  { sizes, twoSided: level }: Looks,
): Verdict {
  const [best, runnerUp] = ranked(all, metric);
  const seeds = all[0]!.runs.length;
  const taken = sizes.filter((size) => size < seeds).length + 1;
  const looks = { taken, sizes: [...sizes], level };
  const base = { metric, confidence, seeds, looks, best: null, runnerUp: null, change: null };
  if (best === undefined && all.some(keptUp)) {
    return { ...base, kind: 'unmeasured', sentence: nobodyHasIt(all, metric) };
  }
  if (best === undefined) return { ...base, kind: 'saturated', sentence: nobodyKeptUp(metric) };
  const bestName = best.strategy.name;
  const { label, unit, better } = metrics[metric];
  if (runnerUp === undefined) {
    const { mean } = meanWithInterval(valuesOf(best, metric));
    const sentence = `${bestName}: ${label} ${formatMetric(metric, mean)} ${unit}.`;
    return { ...base, kind: 'single', best: bestName, sentence };
  }
  const values = [valuesOf(runnerUp, metric), valuesOf(best, metric)] as const;
  const outcome = pairedOutcome(...values, { better, level });
  const verdict = {
    ...{ ...base, best: bestName, runnerUp: runnerUp.strategy.name },
    kind: kindOf(outcome),
    change: pairedChange(...values, better),
    ...(outcome === 'equivalent' ? { isEquivalent: true } : {}),
  };
  return { ...verdict, sentence: sentenceFor(verdict) };
}

/** Whether more seeds would not change what is said. */
export function isSettled({ isEquivalent = false, kind }: Verdict): boolean {
  return kind !== 'tied' || isEquivalent;
}

/** The best by its mean could only be worse pair by pair where its pairs contradict each other. */
function kindOf(outcome: ReturnType<typeof pairedOutcome>): 'winner' | 'tied' | 'identical' {
  if (outcome === 'identical') return 'identical';
  return outcome === 'better' ? 'winner' : 'tied';
}

type Compared = Omit<Verdict, 'sentence'> & { change: Change };

function sentenceFor(verdict: Compared): string {
  const { best, runnerUp, change, kind, metric, seeds } = verdict;
  const { label } = metrics[metric];
  if (kind === 'identical') {
    return `${best} and ${runnerUp} gave identical ${label} in all ${seeds} seeds.`;
  }
  const figures = formatChange(metric, change);
  const count = `better in ${change.seedsBetter} of ${seeds} seeds`;
  if (kind === 'winner') return `${best} beats ${runnerUp}: ${label} ${figures}, ${count}.`;
  const apart = verdict.isEquivalent ? ', less than 1 % apart' : '';
  const more = seeds < 2 ? 'one seed decides nothing; take --seeds 8' : count;
  return `${best} and ${runnerUp} are tied${apart}: ${label} ${figures}, ${more}${whyTied(verdict)}.`;
}

/** Where the interval of 95 % leaves out zero, and yet nobody has won. */
function whyTied({ change, isEquivalent, looks, metric }: Compared): string {
  if (!isDecided(change) || isEquivalent) return '';
  const isBetter = change.estimate < 0 === (metrics[metric].better === 'lower');
  if (!isBetter) return '; its better mean comes from few of them';
  const { sizes, taken } = looks!;
  const counted = taken === sizes.length ? taken : `${taken} of ${sizes.length}`;
  return `; not enough after ${counted} looks at the result`;
}

function nobodyKeptUp(metric: MetricName): string {
  return `No strategy keeps up with this traffic, so ${metrics[metric].label} would only measure how long the run was. Lower the rate or add replicas.`;
}

function nobodyHasIt(all: readonly StrategyRuns[], metric: MetricName): string {
  const { label } = metrics[metric];
  if (!metric.endsWith('P999Ms')) {
    return `${label} decides nothing: there is a run without any. Choose another metric with --by.`;
  }
  const fewest = Math.min(...all.flatMap(({ runs }) => runs.map((run) => run.outcomes.counted)));
  return `${label} is refused: it takes ${countOf(requestsForP999, 'request')} with one in every run, and the smallest run has ${countOf(fewest, 'request')} in all. Take a longer duration, or decide by p99.`;
}
