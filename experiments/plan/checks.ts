import { mean } from 'simple-statistics';
import { assert } from '../../core/assert.ts';
import { holds, sloClassText, type Threshold } from '../../core/slo.ts';
import { US_PER_MS } from '../../core/time.ts';
import type { PlanCheck, SituationKind } from '../../reports/plan.ts';
import { round } from '../../reports/round.ts';
import type { RunSummary } from '../../reports/summary.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { sloClasses } from '../../scenarios/slo-classes.ts';
import { upperBound } from '../statistics/one-sided.ts';

/** The level of the one-sided bounds: a fleet that passes keeps the limit with 95 % confidence. */
export const level = 0.05;

/** An objective, and by which name a run tells of it. */
export interface Objective {
  readonly text: string;
  readonly threshold: Threshold;
}

/** In the order in which a run tells of them. */
export function objectivesOf(scenario: Scenario): Objective[] {
  return [
    ...scenario.slo.map((threshold) => ({ text: threshold.text, threshold })),
    ...sloClasses(scenario).flatMap((own) =>
      own.slo.map((threshold) => ({ text: sloClassText(own, threshold), threshold })),
    ),
  ];
}

/**
 * Each objective over the seeds of a situation. Latencies by their logarithms, as they spread by
 * factors; of a goodput the share that is missing, so that for all of them less is better.
 */
export function checksOf(
  situation: SituationKind,
  objectives: readonly Objective[],
  runs: readonly RunSummary[],
): PlanCheck[] {
  return objectives.map(({ text, threshold }) => {
    const results = runs.map((run) => run.thresholds.find((result) => result.text === text));
    const values = results.flatMap((result) => result?.value ?? []);
    const scale = scaleOf(threshold);
    const facts = { situation, text, unit: scale.unit, limit: round(scale.limit) };
    if (values.length < runs.length) {
      return { ...facts, mean: null, bound: null, headroomShare: null, holds: false };
    }
    const inner = values.map(scale.inward);
    const middle = scale.outward(mean(inner));
    const bound = runs.length < 2 ? null : scale.outward(upperBound(inner, level));
    return {
      ...facts,
      mean: round(middle),
      bound: bound === null ? null : round(bound),
      headroomShare: round(scale.headroom(middle)),
      holds: bound !== null && holds(bound, threshold.comparator, scale.limit),
    };
  });
}

/** Whether the mean alone keeps the limit; where it does not, more seeds are of no use. */
export function seemsKept({ limit, mean: value, unit }: PlanCheck): boolean {
  if (value === null) return false;
  return unit === 'ms' ? value <= limit : value >= limit;
}

interface Scale {
  readonly unit: PlanCheck['unit'];
  readonly limit: number;
  /** To numbers of which less is better. */
  inward(value: number): number;
  outward(value: number): number;
  headroom(value: number): number;
}

function scaleOf(threshold: Threshold): Scale {
  if (threshold.kind === 'goodput') {
    const { limitShare: limit } = threshold;
    return {
      unit: 'share',
      limit,
      inward: (value) => 1 - value,
      outward: (missing) => 1 - missing,
      headroom: (value) => 1 - (1 - value) / (1 - limit),
    };
  }
  const limit = threshold.limitUs / US_PER_MS;
  return {
    unit: 'ms',
    limit,
    inward: (value) => Math.log(Math.max(leastMs, value)),
    outward: Math.exp,
    headroom: (value) => 1 - value / limit,
  };
}

/** A microsecond, the finest that a run tells. */
const leastMs = 0.001;

/** The objective that is missed by most, or has the least left. */
export function tightest(checks: readonly PlanCheck[]): PlanCheck {
  assert(checks.length > 0, 'a plan has objectives');
  const left = ({ headroomShare }: PlanCheck) => headroomShare ?? Number.NEGATIVE_INFINITY;
  return checks.reduce((least, check) => (left(check) < left(least) ? check : least));
}
