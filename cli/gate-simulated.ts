import { FairleadError } from '../core/errors.ts';
import { runAll } from '../experiments/executor.ts';
import { gate } from '../experiments/gate/gate.ts';
import type { Gated } from '../experiments/gate/gated-metrics.ts';
import { runId } from '../experiments/run-id.ts';
import type { RunTask } from '../experiments/run-task.ts';
import { looksOf } from '../experiments/statistics/looks.ts';
import type { ContentStore } from '../experiments/store/content-store.ts';
import type { Baseline } from '../reports/gate/baseline.ts';
import type { RunSummary } from '../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';
import { readBaseline } from './baseline-file.ts';
import { gatedStrategy } from './gated-strategy.ts';
import { type LoadOptions, loadScenario } from './load-scenario.ts';
import { version } from './package.ts';
import { type GateForm, publishGate } from './publish-gate.ts';
import { openRunStore, tellStopped } from './run-store.ts';
import { runWatched } from './run-watched.ts';
import { usualSeeds } from './seed-choice.ts';

export interface SimulatedGateOptions extends GateForm, LoadOptions {
  readonly baseline: string;
  readonly gated: readonly Gated[];
  readonly strategy?: StrategyChoice | undefined;
  readonly seeds?: number | undefined;
  readonly maxSeeds: number;
  readonly store?: string | boolean | undefined;
  readonly threads?: number | undefined;
}

/** Simulates scenarios again, and holds them against what they were. */
export async function gateSimulated(
  names: readonly string[],
  options: SimulatedGateOptions,
): Promise<void> {
  const startedAt = new Date();
  const { baseline: file, gated } = options;
  const baseline = readBaseline(file);
  const scenarios = await loadScenarios(names, options);
  const cases = scenarios.map((scenario) => {
    const known = baseline.scenarios[scenario.name];
    // Nothing is run of a scenario that the baseline does not know.
    const strategy = known
      ? gatedStrategy(scenario, options.strategy, known)
      : scenario.strategies[0]!;
    return { scenario, strategy, baseline: known };
  });
  const looks = looksFor(options, seedsIn(baseline, scenarios));
  const store = openRunStore(options.store);
  const run = taskRunner(store, options);
  const outcome = await gate({ cases, gated, looks, run });
  if (outcome === undefined) return tellStopped(stoppedEarly, store);
  const asked = scenarios.map((scenario) => ({
    scenario,
    known: baseline.scenarios[scenario.name],
  }));
  await publishGate(outcome, options, {
    ...{ startedAt, version, simulated: true },
    runId: runId({
      asked,
      gated,
      strategies: cases.map(({ strategy }) => strategy),
      looks,
      version,
    }),
    baseline: scenarios.map(({ name }) => origin(file, baseline, name)),
  });
}

export async function loadScenarios(
  names: readonly string[],
  options: LoadOptions,
): Promise<Scenario[]> {
  const scenarios: Scenario[] = [];
  for (const name of names) scenarios.push(await loadScenario(name, options));
  const known = scenarios.map(({ name }) => name);
  const twice = known.find((name, index) => known.indexOf(name) !== index);
  if (twice === undefined) return scenarios;
  const message = `two scenarios are called "${twice}", and the baseline knows them by their names. Rename one.`;
  throw new FairleadError('USAGE', message);
}

/** Runs tasks with a bar to watch; more of them each time it is called. */
export function taskRunner(
  store: ContentStore | undefined,
  { threads }: Pick<SimulatedGateOptions, 'threads'>,
) {
  return (tasks: readonly RunTask[]): Promise<(RunSummary | undefined)[]> =>
    runWatched({ store, threads }, ({ executor, signal }) => runAll(tasks, executor, { signal }));
}

export const stoppedEarly = 'Stopped before there was an answer.';

/** As many seeds as all of the scenarios have in the baseline. */
function seedsIn(baseline: Baseline, scenarios: readonly Scenario[]): number {
  const counts = scenarios.flatMap(({ name }) => baseline.scenarios[name]?.runs.length ?? []);
  return counts.length === 0 ? usualSeeds : Math.min(...counts);
}

function looksFor({ maxSeeds, seeds }: SimulatedGateOptions, there: number) {
  if (seeds !== undefined && seeds > there) {
    const message = `--seeds ${seeds}: the baseline holds ${there}. Make it anew with --update-baseline --max-seeds ${seeds}, or ask for fewer.`;
    throw new FairleadError('USAGE', message);
  }
  if (seeds !== undefined) return looksOf(seeds, seeds);
  const most = Math.min(maxSeeds, there);
  return looksOf(Math.min(usualSeeds, most), most);
}

function origin(file: string, { scenarios }: Baseline, name: string): string {
  const known = scenarios[name];
  if (known === undefined) return `${file} (nothing of ${name})`;
  return `${file}: ${name} of Fairlead ${known.version}, code ${known.code.slice(0, 12)}`;
}
