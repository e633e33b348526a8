import { mean } from 'simple-statistics';
import type { BaselineScenario } from '../../reports/gate/baseline.ts';
import type { RunSummary } from '../../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import { canonicalJson } from '../run-id.ts';
import { trafficOf } from './baseline-traffic.ts';
import { type GateMetric, gateMetricNames, gateMetrics } from './gated-metrics.ts';
import { baselineRun, type FleetMetric, seedFigures } from './seed-figures.ts';

export interface MakeBaselineOptions {
  /** With its loads as rates. */
  readonly scenario: Scenario;
  readonly strategy: StrategyChoice;
  readonly seeds: readonly number[];
  readonly runs: readonly RunSummary[];
  readonly version: string;
  readonly code: string;
}

/** What later runs of a scenario are held against. */
export function makeBaseline(options: MakeBaselineOptions): BaselineScenario {
  const { code, runs, scenario, seeds, strategy, version } = options;
  return {
    ...{ version, code },
    strategy: { name: strategy.name, options: { ...strategy.options } },
    traffic: trafficOf(scenario),
    runs: seeds.map((seed, index) => baselineRun(seed, runs[index]!)),
  };
}

/** What another baseline of the same scenario changes, for the one who commits it. */
export function baselineChanges(before: BaselineScenario, after: BaselineScenario): string[] {
  const lines: string[] = [];
  const strategies = [before, after].map(({ strategy }) => canonicalJson(strategy));
  if (strategies[0] !== strategies[1]) {
    lines.push(`strategy: ${strategies[0]} → ${strategies[1]}`);
  }
  for (const [index, { loadRate, tenant }] of after.traffic.tenants.entries()) {
    const known = before.traffic.tenants[index]?.loadRate;
    if (known === undefined || loadRate === undefined || known.rps === loadRate.rps) continue;
    lines.push(
      `load of ${tenant}: ${known.rps.toFixed(2)} → ${loadRate.rps.toFixed(2)} requests/s`,
    );
  }
  if (before.runs.length !== after.runs.length) {
    lines.push(`seeds: ${before.runs.length} → ${after.runs.length}`);
  }
  return [...lines, ...figureChanges(before, after)];
}

/** Means over the seeds that both have; nothing where all records are the same. */
function figureChanges(before: BaselineScenario, after: BaselineScenario): string[] {
  const pairs = before.runs.flatMap((run) => {
    const again = after.runs.find(({ seed }) => seed === run.seed);
    return again === undefined ? [] : [[run, again] as const];
  });
  const differing = pairs.filter(([one, other]) => one.digest !== other.digest);
  if (differing.length === 0) return [];
  const sides = [0, 1].map((side) => pairs.map((pair) => seedFigures(pair[side]!)));
  const figures = gateMetricNames.flatMap((name) => {
    if (name === 'replicaTpotP50') return [];
    const [base, head] = sides.map((runs) => {
      const values = runs.flatMap(({ metrics }) => metrics[name as FleetMetric] ?? []);
      return values.length === runs.length ? mean(values) : undefined;
    });
    if (base === undefined || head === undefined || base === head) return [];
    return [`${gateMetrics[name].label}: ${print(name, base)} → ${print(name, head)}`];
  });
  return [`runs that differ: ${differing.length} of ${pairs.length}`, ...figures];
}

function print(name: FleetMetric, value: number): string {
  const { kind }: GateMetric = gateMetrics[name];
  return kind === 'latency' ? `${value.toFixed(2)} ms` : `${(100 * value).toFixed(2)} %`;
}
