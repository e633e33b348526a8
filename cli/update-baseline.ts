import { exitCode } from '../core/errors.ts';
import { isMostlySaturated } from '../experiments/gate/assess.ts';
import { baselineChanges, makeBaseline } from '../experiments/gate/make-baseline.ts';
import { resolveLoad } from '../experiments/load/resolve-load.ts';
import { codeFingerprint } from '../experiments/store/code-fingerprint.ts';
import { countOf } from '../reports/format.ts';
import type { Baseline, BaselineScenario } from '../reports/gate/baseline.ts';
import type { RunSummary } from '../reports/summary.ts';
import type { StrategyChoice } from '../scenarios/scenario.ts';
import { readBaselineIfAny, writeBaseline } from './baseline-file.ts';
import { loadScenarios, stoppedEarly, taskRunner } from './gate-simulated.ts';
import { gatedStrategy } from './gated-strategy.ts';
import type { LoadOptions } from './load-scenario.ts';
import { version } from './package.ts';
import { printJson } from './print-json.ts';
import { capacitiesIn, openRunStore, tellStopped } from './run-store.ts';

export interface UpdateBaselineOptions extends LoadOptions {
  readonly baseline: string;
  readonly strategy?: StrategyChoice | undefined;
  readonly seeds?: number | undefined;
  readonly maxSeeds: number;
  readonly json?: true | undefined;
  readonly store?: string | boolean | undefined;
  readonly threads?: number | undefined;
}

/** Simulates scenarios as they are now, and writes down what later ones are held against. */
export async function updateBaseline(
  names: readonly string[],
  options: UpdateBaselineOptions,
): Promise<void> {
  const before = readBaselineIfAny(options.baseline);
  const scenarios = await loadScenarios(names, options);
  const store = openRunStore(options.store);
  const capacities = capacitiesIn(store);
  const cases = scenarios.map((scenario) => ({
    strategy: gatedStrategy(scenario, options.strategy, before.scenarios[scenario.name]),
    scenario: resolveLoad(scenario, capacities),
  }));
  const seeds = Array.from({ length: options.seeds ?? options.maxSeeds }, (_, at) => at + 1);
  const all = cases.map(({ scenario }) => scenario.name).join(', ');
  process.stderr.write(`Simulating ${countOf(seeds.length, 'seed')} of ${all} for the baseline.\n`);
  const tasks = cases.flatMap((one) => seeds.map((seed) => ({ ...one, seed })));
  const summaries = await taskRunner(store, options)(tasks);
  if (summaries.includes(undefined)) return tellStopped(stoppedEarly, store);
  const made = cases.map((one, index) => {
    const from = index * seeds.length;
    const runs = summaries.slice(from, from + seeds.length) as RunSummary[];
    const facts = { version, code: codeFingerprint() };
    return { name: one.scenario.name, known: makeBaseline({ ...one, ...facts, seeds, runs }) };
  });
  const useless = made.filter(({ known }) => isMostlySaturated(known.runs)).map(({ name }) => name);
  if (useless.length > 0) {
    process.stderr.write(
      `${useless.join(', ')}: the fleet does not keep up with this traffic, so there is nothing to hold later runs against; ${options.baseline} is as it was. Lower the rate or add replicas.\n`,
    );
    process.exitCode = exitCode.invalidRun;
    return;
  }
  const fresh = Object.fromEntries(made.map(({ known, name }) => [name, known]));
  const baseline = { ...before, scenarios: { ...before.scenarios, ...fresh } };
  writeBaseline(options.baseline, baseline);
  if (options.json) printJson(baseline);
  else process.stdout.write(`${changesText(options.baseline, before, fresh)}\n`);
}

function changesText(
  file: string,
  before: Baseline,
  after: Readonly<Record<string, BaselineScenario>>,
): string {
  const lines = Object.entries(after).flatMap(([name, known]) => {
    const old = before.scenarios[name];
    const title = `  ${name}: ${known.strategy.name}, ${countOf(known.runs.length, 'seed')}`;
    if (old === undefined) return [`${title}, new`];
    const changes = baselineChanges(old, known);
    if (changes.length === 0) return [`${title}, bit-identical to before`];
    return [title, ...changes.map((change) => `    ${change}`)];
  });
  return ['', ...lines, '', `  Written to ${file}; commit it.`, ''].join('\n');
}
