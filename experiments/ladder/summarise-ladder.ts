import { mean } from 'simple-statistics';
import { type LadderPoint, type LadderStrategy, ladderMetrics } from '../../reports/ladder.ts';
import { fallsBehind } from '../../reports/ladder-text.ts';
import { round } from '../../reports/round.ts';
import { type RunSummary, summaryVersion } from '../../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import { describeScenario } from '../describe-scenario.ts';
import { runId } from '../run-id.ts';
import { meanWithInterval } from '../statistics/paired.ts';
import { withLabels } from '../strategy-labels.ts';
import { unmetNeeds } from '../unmet-needs.ts';
import { compareKnees } from './compare-knees.ts';
import { keepsSlo, kneeOf } from './knee.ts';
import { kneeVerdict } from './knee-verdict.ts';
import type { Climber, LadderResult } from './ladder.ts';
import { type LadderRange, precisionShare, type Rungs } from './rungs.ts';

export interface SummariseLadderOptions {
  readonly scenario: Scenario;
  readonly strategies: readonly StrategyChoice[];
  readonly seeds: readonly number[];
  /** Of every strategy under every seed, all with their knees found. */
  readonly climbers: readonly Climber[];
  readonly range: LadderRange;
  readonly rungs: Rungs;
  readonly version: string;
}

export function summariseLadder(options: SummariseLadderOptions): LadderResult {
  const { climbers, range, rungs, scenario, seeds, strategies, version } = options;
  const named = withLabels(strategies.map((strategy) => ({ strategy, runs: [] })));
  const all = strategies.map((strategy, index) => {
    const own = climbers.filter((climber) => climber.strategy === strategy);
    return climbedStrategy(named[index]!.strategy, own, rungs);
  });
  const [from, to] = [rungs.places[0]!, rungs.places.at(-1)!];
  const described = describeScenario(scenario);
  const hasSlo = described.slo.length > 0;
  const precision = range.kind === 'between' ? precisionShare : null;
  const { axis } = range;
  const verdict = kneeVerdict(all, { axis, from, to, hasSlo, precisionShare: precision });
  const best = all.find(({ name }) => name === verdict.best);
  return {
    schemaVersion: summaryVersion,
    kind: 'ladder',
    ...{ axis, from, to, precisionShare: precision },
    verdict,
    strategies: all.map((one) => ({ ...one, ...standingOf(one, best, precision) })),
    warnings: strategies.flatMap((strategy) => unmetNeeds(strategy, scenario)),
    scenario: described,
    meta: {
      runId: runId({ kind: 'ladder', scenario, strategies, seeds, version, range }),
      ...{ version, seeds: [...seeds], simulated: true },
    },
  };
}

/** A strategy on its own. */
export type ClimbedStrategy = Omit<LadderStrategy, 'standing' | 'versusBest'>;

function climbedStrategy(
  { name, options }: StrategyChoice,
  climbers: readonly Climber[],
  { places }: Rungs,
): ClimbedStrategy {
  const knees = climbers.map(({ runs }) =>
    kneeOf(new Map([...runs].map(([place, run]) => [place, keepsSlo(run)]))),
  );
  const seedsAbove = knees.filter(({ broken }) => broken === undefined).length;
  const seedsBelow = knees.filter(({ highest }) => highest === undefined).length;
  const inside = seedsAbove + seedsBelow === 0;
  const perSeed = knees.map(({ highest }) => (highest === undefined ? null : places[highest]!));
  const { interval, mean: centre } = meanWithInterval(perSeed.map((value) => value ?? 0));
  return {
    ...{ name, options },
    knee: {
      mean: inside ? round(centre) : null,
      interval:
        inside && interval ? { low: round(interval.low), high: round(interval.high) } : null,
      ...{ perSeed, seedsAbove, seedsBelow },
    },
    breaks: breaksOf(climbers, knees),
    points: pointsOf(climbers, places),
  };
}

function breaksOf(
  climbers: readonly Climber[],
  knees: readonly ReturnType<typeof kneeOf>[],
): LadderStrategy['breaks'] {
  const seeds = new Map<string, number>();
  for (const [index, { broken }] of knees.entries()) {
    if (broken === undefined) continue;
    const { saturated, thresholds } = climbers[index]!.runs.get(broken)!;
    const missed = thresholds.flatMap(({ holds, text }) => (holds ? [] : [text]));
    // Who falls behind misses everything sooner or later; what it missed says more.
    const what = missed.length === 0 && saturated ? [fallsBehind] : missed;
    for (const one of what) seeds.set(one, (seeds.get(one) ?? 0) + 1);
  }
  return [...seeds]
    .map(([what, count]) => ({ what, seeds: count }))
    .sort((a, b) => b.seeds - a.seeds);
}

function pointsOf(climbers: readonly Climber[], places: readonly number[]): LadderPoint[] {
  return places.flatMap((at, place) => {
    const runs = climbers.flatMap((climber) => climber.runs.get(place) ?? []);
    return runs.length === 0 ? [] : [pointOf(at, runs)];
  });
}

function pointOf(at: number, runs: readonly RunSummary[]): LadderPoint {
  const means = ladderMetrics.map((name) => {
    const values = runs.flatMap(({ metrics }) => metrics[name] ?? []);
    return [name, values.length === runs.length ? round(mean(values)) : null];
  });
  return {
    at,
    seeds: runs.length,
    keeping: runs.filter(keepsSlo).length,
    saturated: runs.filter(({ saturated }) => saturated).length,
    metrics: Object.fromEntries(means) as LadderPoint['metrics'],
  };
}

/** Knees outside of the ladder cannot be compared. */
function standingOf(
  one: ClimbedStrategy,
  best: ClimbedStrategy | undefined,
  precision: number | null,
): Pick<LadderStrategy, 'standing' | 'versusBest'> {
  if (one === best) return { standing: 'best', versusBest: null };
  const isInside = ({ knee }: ClimbedStrategy) => knee.mean !== null;
  if (best === undefined || !isInside(best) || !isInside(one)) {
    return { standing: 'none', versusBest: null };
  }
  const values = [best, one].map(({ knee }) => knee.perSeed as number[]) as [number[], number[]];
  const { change, outcome } = compareKnees(...values, precision);
  return { standing: outcome === 'worse' ? 'behind' : 'tied', versusBest: change };
}
