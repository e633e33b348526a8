import { mean } from 'simple-statistics';
import type { GateRow, GateScenario } from '../../reports/gate/result.ts';
import { round } from '../../reports/round.ts';
import { chanceAbove } from '../statistics/one-sided.ts';
import { floorOf, type Gated, gateMetrics, type LatencyObjective } from './gated-metrics.ts';
import { type Judged, judge, outcomeOfAll, type PairedValues } from './judge.ts';
import { type FleetMetric, firstDifference, type SeedFigures } from './seed-figures.ts';

/** The runs of one scenario before and after, pair by pair under the same seeds. */
export interface PairedRuns {
  readonly name: string;
  readonly strategies: NonNullable<GateScenario['strategies']>;
  readonly slo: readonly LatencyObjective[];
  readonly base: readonly SeedFigures[];
  readonly head: readonly SeedFigures[];
}

/** Figures of all scenarios are judged together: a false alarm in any of them is one. */
export function assess(
  all: readonly PairedRuns[],
  gated: readonly Gated[],
  level: number,
): GateScenario[] {
  const found = all.map((runs) => figuresOf(runs, gated));
  const judged = judge(
    found.flatMap(({ figures }) => figures.map(({ values }) => values)),
    level,
  );
  let next = 0;
  return all.map((runs, index) => {
    const { figures, missing, notes } = found[index]!;
    const rows = figures.map((figure) => rowOf(figure, judged[next++]!));
    const { outcome, reason } = outcomeFor(runs, rows, missing, level);
    return {
      name: runs.name,
      strategies: runs.strategies,
      seeds: runs.base.map(({ seed }) => seed),
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...digestsOf(runs),
      saturatedSeeds: { base: saturatedIn(runs.base), head: saturatedIn(runs.head) },
      rows,
      notes: [...notes],
    };
  });
}

interface Figure {
  readonly metric: Gated['metric'];
  readonly replica?: string;
  readonly values: PairedValues;
}

interface Figures {
  readonly figures: readonly Figure[];
  /** What was there in the baseline, or was asked for, and is not. */
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

function figuresOf(runs: PairedRuns, gated: readonly Gated[]): Figures {
  const parts = gated.map((one): Figures => {
    if (one.metric === 'replicaTpotP50') return replicaFigures(runs, one);
    const { metric } = one;
    const { label } = gateMetrics[metric];
    const [base, head] = bothSides(runs, ({ metrics }) => metrics[metric as FleetMetric]);
    if (isWhole(base) && isWhole(head)) {
      return { figures: [{ metric, values: valuesOf(runs, one, base, head) }], ...nothing };
    }
    if (!one.isAsked && !isWhole(base)) {
      return { ...empty, notes: [`${label} is not in every run of the baseline: not judged.`] };
    }
    return { ...empty, missing: [label] };
  });
  return {
    figures: parts.flatMap(({ figures }) => figures),
    missing: parts.flatMap(({ missing }) => missing),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

const nothing = { missing: [], notes: [] };
const empty: Figures = { figures: [], ...nothing };

type Values = readonly (number | null)[];

function bothSides(
  { base, head }: PairedRuns,
  of: (run: SeedFigures) => number | null,
): [base: Values, head: Values] {
  return [base.map(of), head.map(of)];
}

function isWhole(values: Values): values is readonly number[] {
  return values.every((value) => value !== null);
}

/** Of the replicas that served requests in all runs of either side. */
function replicaFigures(runs: PairedRuns, gated: Gated): Figures {
  const { metric } = gated;
  const names = [...new Set([...runs.base, ...runs.head].flatMap(replicasOf))];
  const figures = names.flatMap((replica): Figure[] => {
    const [base, head] = bothSides(runs, (run) => run.replicaTpotP50[replica] ?? null);
    if (!isWhole(base) || !isWhole(head)) return [];
    return [{ metric, replica, values: valuesOf(runs, gated, base, head) }];
  });
  const left = names.filter((name) => figures.every(({ replica }) => replica !== name));
  if (figures.length === 0) {
    const missing = gated.isAsked ? ['TPOT p50 of the replicas'] : [];
    return { ...empty, missing };
  }
  const without = `Not judged by themselves, as they did not serve in every run of both sides: ${left.join(', ')}.`;
  return { figures, missing: [], notes: left.length === 0 ? [] : [without] };
}

function replicasOf({ replicaTpotP50 }: SeedFigures): string[] {
  return Object.keys(replicaTpotP50);
}

function valuesOf(
  { slo }: PairedRuns,
  gated: Gated,
  base: readonly number[],
  head: readonly number[],
): PairedValues {
  const { kind } = gateMetrics[gated.metric];
  const floorMs = floorOf(gated, slo, mean([...base]));
  return { kind, base, head, tolerance: gated.tolerance, floorMs };
}

function rowOf({ metric, replica, values }: Figure, judged: Judged): GateRow {
  const { interval, p, seedsMissing, worsening } = judged;
  const { label } = gateMetrics[metric];
  return {
    metric: replica === undefined ? metric : `${metric}:${replica}`,
    label: replica === undefined ? label : `${label} of ${replica}`,
    kind: values.kind,
    ...(replica === undefined ? {} : { replica }),
    base: round(mean([...values.base])),
    head: round(mean([...values.head])),
    worsening: round(worsening),
    interval: interval && { low: round(interval.low), high: round(interval.high) },
    tolerance: values.tolerance,
    floorMs: round(values.floorMs),
    p: round(p),
    seedsWorse: judged.seedsWorse,
    outcome: judged.outcome,
    ...(seedsMissing === undefined ? {} : { seedsMissing }),
  };
}

interface Told {
  readonly outcome: GateScenario['outcome'];
  readonly reason?: string;
}

function outcomeFor(
  runs: PairedRuns,
  rows: readonly GateRow[],
  missing: readonly string[],
  level: number,
): Told {
  const { base, head } = runs;
  const outcome = outcomeOfAll(rows);
  const reason = `it no longer keeps up with this traffic: saturated in ${saturatedIn(head)} of ${head.length} seeds, the baseline in ${saturatedIn(base)}`;
  if (isOverloaded(runs, level)) return { outcome: 'regress', reason };
  if (outcome === 'regress') return { outcome };
  if (missing.length > 0) {
    return { outcome: 'invalid', reason: `not measured in every run: ${missing.join(', ')}` };
  }
  if (rows.length === 0) return { outcome: 'invalid', reason: 'there is nothing to judge' };
  if (outcome === 'pass' && isMostlySaturated(head)) return { outcome: 'inconclusive', reason };
  return { outcome };
}

/**
 * Whether it is by more than chance that most of the runs cannot keep up, as those before could: of
 * the same seeds, so much more often. That is one question more than the figures ask, for which a
 * tenth of their level is kept.
 */
function isOverloaded({ base, head }: PairedRuns, level: number): boolean {
  if (!isMostlySaturated(head) || head.length < 2) return false;
  const more = head.map((run, index) => Number(run.saturated) - Number(base[index]!.saturated));
  return chanceAbove(more, 0) < level / 10;
}

/** In so many seeds that it is no exception. */
export function isMostlySaturated(runs: readonly Pick<SeedFigures, 'saturated'>[]): boolean {
  return saturatedIn(runs) * 2 >= runs.length;
}

function saturatedIn(runs: readonly Pick<SeedFigures, 'saturated'>[]): number {
  return runs.filter(({ saturated }) => saturated).length;
}

function digestsOf({ base, head }: PairedRuns): Pick<GateScenario, 'digests'> {
  if (base.some(({ digest }) => digest === undefined)) return {};
  const differing = base.flatMap((run, index) => {
    const what = firstDifference(run, head[index]!);
    return what === undefined ? [] : [{ seed: run.seed, what }];
  });
  const [first] = differing;
  const counts = { compared: base.length, equal: base.length - differing.length };
  return { digests: { ...counts, ...(first === undefined ? {} : { first }) } };
}
