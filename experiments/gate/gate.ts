import { US_PER_MS } from '../../core/time.ts';
import type { BaselineScenario } from '../../reports/gate/baseline.ts';
import { type GateResult, type GateScenario, gateVersion } from '../../reports/gate/result.ts';
import { round } from '../../reports/round.ts';
import type { RunSummary } from '../../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import type { RunTask } from '../run-task.ts';
import type { Looks } from '../statistics/looks.ts';
import { assess, isMostlySaturated, type PairedRuns } from './assess.ts';
import { trafficDifference, withBaselineRates } from './baseline-traffic.ts';
import type { Gated, LatencyObjective } from './gated-metrics.ts';
import { baselineRun, seedFigures } from './seed-figures.ts';
import { gateVerdict } from './verdict.ts';

/** A scenario as it is now, and what is known of it from before. */
export interface GateCase {
  readonly scenario: Scenario;
  readonly strategy: StrategyChoice;
  /** Absent where the file holds nothing of it. */
  readonly baseline?: BaselineScenario | undefined;
}

export interface GateOptions {
  readonly cases: readonly GateCase[];
  readonly gated: readonly Gated[];
  readonly looks: Looks;
  /** Undefined for runs that an abort has kept from being made. */
  readonly run: (tasks: readonly RunTask[]) => Promise<(RunSummary | undefined)[]>;
}

/** Everything but where the baseline came from, and when all of this was. */
export type GateOutcome = Omit<GateResult, 'meta'>;

/**
 * Simulates the seeds of the baseline again, look by look, until it is plain whether anything has
 * become worse. Undefined when it was stopped before.
 */
export async function gate(options: GateOptions): Promise<GateOutcome | undefined> {
  const { cases, gated, looks } = options;
  const refused = cases.map(refusal);
  const playable = cases.flatMap((one, index) => (refused[index] === undefined ? [one] : []));
  const played = playable.map((one) => playedCase(one));
  let judged: GateScenario[] = [];
  let taken = 0;
  for (const size of played.length === 0 ? [] : looks.sizes) {
    if (!(await play(played, taken, size, options.run))) return undefined;
    taken = size;
    judged = assess(played.map(pairedRuns), gated, looks.oneSided);
    if (gateVerdict(judged).kind !== 'inconclusive') break;
  }
  const scenarios = cases.map((_one, index) => refused[index] ?? judged.shift()!);
  return {
    schemaVersion: gateVersion,
    kind: 'gate',
    verdict: gateVerdict(scenarios),
    scenarios,
    looks: { sizes: [...looks.sizes], taken, level: looks.oneSided },
  };
}

interface PlayedCase extends GateCase {
  readonly baseline: BaselineScenario;
  readonly runs: RunSummary[];
}

function playedCase(one: GateCase): PlayedCase {
  const baseline = one.baseline!;
  return {
    ...one,
    baseline,
    scenario: withBaselineRates(one.scenario, baseline.traffic),
    runs: [],
  };
}

/** The seeds of a look that are still missing, of all scenarios at once. */
async function play(
  cases: readonly PlayedCase[],
  from: number,
  until: number,
  run: GateOptions['run'],
): Promise<boolean> {
  const asked = cases.map(({ baseline, scenario, strategy }) =>
    baseline.runs.slice(from, until).map(({ seed }) => ({ scenario, strategy, seed })),
  );
  const summaries = await run(asked.flat());
  if (summaries.includes(undefined)) return false;
  let next = 0;
  for (const [index, tasks] of asked.entries()) {
    for (const _task of tasks) cases[index]!.runs.push(summaries[next++]!);
  }
  return true;
}

function pairedRuns({ baseline, runs, scenario, strategy }: PlayedCase): PairedRuns {
  const before = baseline.runs.slice(0, runs.length);
  return {
    name: scenario.name,
    strategies: {
      base: baseline.strategy,
      head: { name: strategy.name, options: { ...strategy.options } },
    },
    slo: latencyObjectives(scenario),
    base: before.map(seedFigures),
    head: runs.map((run, index) => seedFigures(baselineRun(before[index]!.seed, run))),
  };
}

export function latencyObjectives({ slo }: Pick<Scenario, 'slo'>): LatencyObjective[] {
  return slo.flatMap((threshold) => {
    if (threshold.kind !== 'latency') return [];
    const { limitUs, metric, statistic } = threshold;
    return [{ metric, statistic, limitMs: round(limitUs / US_PER_MS) }];
  });
}

/** Of a scenario whose runs would say nothing. */
function refusal({ baseline, scenario }: GateCase): GateScenario | undefined {
  const reason = baseline ? unfitness(baseline, scenario) : 'the baseline does not know it';
  if (reason === undefined) return undefined;
  return {
    name: scenario.name,
    seeds: [],
    outcome: 'invalid',
    reason,
    saturatedSeeds: { base: 0, head: 0 },
    rows: [],
    notes: [],
  };
}

function unfitness(baseline: BaselineScenario, scenario: Scenario): string | undefined {
  const saturated = isMostlySaturated(baseline.runs) ? saturatedBaseline : undefined;
  return trafficDifference(baseline.traffic, scenario) ?? saturated;
}

export const saturatedBaseline =
  'the baseline does not keep up with this traffic, so its latencies only tell how long the runs were';
