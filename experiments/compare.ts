import { sloClassText, type Threshold } from '../core/slo.ts';
import { US_PER_MS } from '../core/time.ts';
import type { MetricName } from '../reports/metrics.ts';
import {
  type Comparison,
  type FleetGroupSummary,
  type RunSummary,
  summaryVersion,
} from '../reports/summary.ts';
import type { PluginOptions, Scenario, StrategyChoice, Tenant } from '../scenarios/scenario.ts';
import { sloClasses } from '../scenarios/slo-classes.ts';
import { type FleetFacts, fleetFacts, modelFacts } from '../sim/fleet-facts.ts';
import { type Executor, runAll } from './executor.ts';
import { loadFigures } from './load/load-figures.ts';
import { type KnownCapacities, resolveLoad } from './load/resolve-load.ts';
import { canonicalJson, runId } from './run-id.ts';
import type { RunTask } from './run-task.ts';
import { steadyWarnings } from './steady-warnings.ts';
import { withLabels } from './strategy-labels.ts';
import { type StrategyRuns, summariseStrategies } from './summarise-strategy.ts';
import { threadExecutor } from './thread-executor.ts';
import { unmetNeeds } from './unmet-needs.ts';
import { decide } from './verdict.ts';
import { warningsFor } from './warnings.ts';

export interface CompareOptions {
  readonly scenario: Scenario;
  readonly strategies: readonly StrategyChoice[];
  readonly seeds: readonly number[];
  /** The metric that names the winner. */
  readonly by: MetricName;
  readonly version: string;
  /** Threads of this process when left out. */
  readonly executor?: Executor;
  readonly capacities?: KnownCapacities | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

/** Everything but how and when it was run, which the caller knows. */
export type ComparisonResult = Omit<Comparison, 'meta'> & {
  readonly meta: Omit<Comparison['meta'], 'run'>;
};

/**
 * Simulates every strategy under every seed. A seed fixes arrivals and lengths, so the strategies
 * are compared on identical requests, pair by pair. Seeds are finished one after the other; when it
 * is aborted, the seeds that are complete make the result, and none gives undefined.
 */
export async function compare(options: CompareOptions): Promise<ComparisonResult | undefined> {
  const { executor = threadExecutor(), onProgress, signal } = options;
  const question = questionOf(options);
  const tasks = tasksOf(question);
  const summaries = await runAll(tasks, executor, {
    signal,
    onDone: (done) => onProgress?.(done, tasks.length),
  });
  return comparisonOf(question, summaries);
}

/** What a comparison asks: with its loads as rates, and no strategy twice. */
export type Question = Pick<CompareOptions, 'by' | 'scenario' | 'seeds' | 'strategies' | 'version'>;

export function questionOf(options: Question & Pick<CompareOptions, 'capacities'>): Question {
  const { by, capacities, seeds, version } = options;
  const scenario = resolveLoad(options.scenario, capacities);
  return { by, scenario, seeds, strategies: withoutRepeats(options.strategies), version };
}

/** Seeds one after the other, so that those begun first are complete first. */
export function tasksOf({ scenario, seeds, strategies }: Question): RunTask[] {
  return seeds.flatMap((seed) => strategies.map((strategy) => ({ scenario, strategy, seed })));
}

/** From the summaries of all tasks, in their order; seeds that are not complete are left out. */
export function comparisonOf(
  question: Question,
  summaries: readonly (RunSummary | undefined)[],
): ComparisonResult | undefined {
  const { by, scenario, strategies, version } = question;
  const seedRuns = question.seeds.map((_seed, index) =>
    summaries.slice(index * strategies.length, (index + 1) * strategies.length),
  );
  const complete = seedRuns.map((runs) => !runs.includes(undefined));
  const seeds = question.seeds.filter((_seed, index) => complete[index]);
  if (seeds.length === 0) return undefined;
  const finished = seedRuns.filter((_runs, index) => complete[index]) as RunSummary[][];
  const all = strategies.map((strategy, index) => ({
    strategy,
    runs: finished.map((runs) => runs[index]!),
  }));
  return assembleComparison({ scenario, all, seeds, by, version });
}

export interface AssembleOptions {
  readonly scenario: Scenario;
  readonly all: readonly StrategyRuns[];
  readonly seeds: readonly number[];
  readonly by: MetricName;
  readonly version: string;
  readonly measured?: Measured | undefined;
}

/** Of live runs. */
export interface Measured {
  readonly startedAt: string;
  /** Whether the fleet of the scenario is what was measured; else nobody knows what it was. */
  readonly isItsFleet?: boolean;
}

export function assembleComparison(options: AssembleOptions): ComparisonResult {
  const { scenario, seeds, by, measured, version } = options;
  const strategies = options.all.map(({ strategy }) => strategy);
  const all = withLabels(options.all);
  return {
    schemaVersion: summaryVersion,
    kind: 'comparison',
    verdict: decide(all, by),
    strategies: summariseStrategies(all),
    warnings: [
      ...(measured ? [] : strategies.flatMap((strategy) => unmetNeeds(strategy, scenario))),
      ...warningsFor(all, scenario),
      // Of a live run other things decide, and others are to be written.
      ...(measured ? [] : steadyWarnings(all, scenario)),
    ],
    scenario: { ...describeScenario(scenario), ...(knowsFleet(measured) ? {} : { fleet: [] }) },
    meta: {
      // No two live runs are the same.
      runId: runId({ scenario, strategies, seeds, version, startedAt: measured?.startedAt }),
      version,
      seeds: [...seeds],
      simulated: measured === undefined,
    },
  };
}

function knowsFleet(measured: Measured | undefined): boolean {
  return measured === undefined || measured.isItsFleet === true;
}

export function withoutRepeats(strategies: readonly StrategyChoice[]): StrategyChoice[] {
  const seen = new Map(strategies.map((choice) => [canonicalJson(choice), choice]));
  return [...seen.values()];
}

function describeScenario(scenario: Scenario): Comparison['scenario'] {
  return {
    name: scenario.name,
    summary: scenario.summary,
    model: scenario.model,
    modelBasis: modelFacts(scenario).basis,
    fleet: fleetFacts(scenario).map(describeGroup),
    traffic: scenario.traffic.map(describeTenant),
    slo: [
      ...scenario.slo.map((threshold) => describeObjective(threshold)),
      ...sloClasses(scenario).flatMap((own) =>
        own.slo.map((threshold) => describeObjective(threshold, sloClassText(own, threshold))),
      ),
    ],
    warmupUs: scenario.warmupUs,
    durationUs: scenario.durationUs,
  };
}

function describeObjective(
  threshold: Threshold,
  text = threshold.text,
): Comparison['scenario']['slo'][number] {
  return threshold.kind === 'goodput'
    ? { text, metric: 'goodput', limit: threshold.limitShare }
    : { text, metric: threshold.metric, limit: threshold.limitUs / US_PER_MS };
}

function describeTenant(options: Tenant): Comparison['scenario']['traffic'][number] {
  const {
    arrivals,
    input,
    job,
    lengths = [],
    load,
    loadRate,
    output,
    tenant,
    trace,
    users,
  } = options;
  const played = trace && { kind: 'trace', file: trace.file, rows: trace.rows?.rows };
  const both = played ?? job ?? { kind: 'rows', count: lengths.length };
  return {
    tenant,
    arrivals: describeOptions(arrivals ?? played ?? { kind: 'users', ...users }),
    input: describeOptions(input ?? both),
    output: describeOptions(output ?? both),
    ...(load === undefined || loadRate === undefined ? {} : { load: loadFigures(load, loadRate) }),
  };
}

function describeGroup(group: FleetFacts): FleetGroupSummary {
  const { name, gpu, replicas, tensorParallelSize, gpusPerReplica, kvTokens, stepTime, notes } =
    group;
  return {
    name,
    gpu,
    replicas,
    tensorParallelSize,
    gpusPerReplica,
    kvTokens,
    stepTime: { ...stepTime },
    notes: [...notes],
  };
}

/** "poisson, rate 24": what a person would say of a plug-in. */
function describeOptions({ kind, ...options }: PluginOptions): string {
  const entries = Object.entries(options).map(([key, value]) => {
    const isBlock = typeof value === 'object' && value !== null;
    const text = isBlock ? shortened(JSON.stringify(value).replaceAll('"', '')) : String(value);
    return `${key} ${text}`;
  });
  return [String(kind), ...entries].join(', ');
}

/** Tables of a thousand quantiles are for the scenario file, not for a report. */
function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
