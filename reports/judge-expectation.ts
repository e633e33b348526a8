import { formatChange, formatMetric } from './format.ts';
import type { MetricName } from './metrics.ts';
import { metrics } from './metrics.ts';
import type { Comparison, StrategySummary } from './summary.ts';

/** What somebody believed of the strategies, by the metric of the comparison. */
export interface ExpectedStanding {
  /** The best is one of these. */
  readonly best: readonly string[];
  /** Each of these is worse than the best. */
  readonly worse: readonly string[];
}

export interface JudgedExpectation {
  readonly expected: string;
  readonly found: string;
  readonly cameTrue: boolean;
}

/** Each belief beside what came out. */
export function judgeExpectation(
  comparison: Comparison,
  { best, worse }: ExpectedStanding,
): JudgedExpectation[] {
  const { metric } = comparison.verdict;
  const judged: JudgedExpectation[] = [];
  if (best.length > 0) judged.push(judgeBest(comparison, best));
  for (const name of worse) {
    const strategy = comparison.strategies.find((other) => other.name === name);
    if (strategy === undefined) continue;
    const { standing } = strategy.metrics[metric];
    judged.push({
      expected: `${name} is worse than the best`,
      found: standingText(strategy, metric),
      cameTrue: standing === 'behind' || standing === 'none',
    });
  }
  return judged;
}

function judgeBest(comparison: Comparison, best: readonly string[]): JudgedExpectation {
  const { metric } = comparison.verdict;
  const leading = comparison.strategies.filter(({ metrics }) =>
    ['best', 'tied'].includes(metrics[metric].standing),
  );
  const names = leading
    .toSorted(
      (a, b) =>
        Number(b.metrics[metric].standing === 'best') -
        Number(a.metrics[metric].standing === 'best'),
    )
    .map((strategy) => standingText(strategy, metric));
  return {
    expected: `the best is ${best.join(' or ')}`,
    found: names.join('; ') || 'none could keep up',
    cameTrue: leading.some(({ name }) => best.includes(name)),
  };
}

/** "random is 12 % [9, 15] behind", "least-tokens is best with 512 ms". */
function standingText({ metrics: summaries, name }: StrategySummary, metric: MetricName): string {
  const { mean, standing, versusBest } = summaries[metric];
  if (mean === null || standing === 'none') return `${name} could not keep up`;
  const figure = `${formatMetric(metric, mean)} ${metrics[metric].unit}`;
  if (versusBest === null) return `${name} is best with ${figure}`;
  const relation = standing === 'tied' ? 'is tied' : 'is behind';
  return `${name} ${relation} with ${figure} (${formatChange(metric, versusBest)})`;
}
