import type { MetricName } from '../reports/metrics.ts';
import { type Comparison, type RunSummary, summaryVersion } from '../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';
import { describeScenario } from './describe-scenario.ts';
import { type Executor, runAll } from './executor.ts';
import { type KnownCapacities, resolveLoad } from './load/resolve-load.ts';
import { canonicalJson, runId } from './run-id.ts';
import type { RunTask } from './run-task.ts';
import { type Looks, looksOf } from './statistics/looks.ts';
import { steadyWarnings } from './steady-warnings.ts';
import { withLabels } from './strategy-labels.ts';
import { type StrategyRuns, summariseStrategies } from './summarise-strategy.ts';
import { threadExecutor } from './thread-executor.ts';
import { unmetNeeds } from './unmet-needs.ts';
import { decide, isSettled } from './verdict.ts';
import { warningsFor } from './warnings.ts';

export interface CompareOptions {
  readonly scenario: Scenario;
  readonly strategies: readonly StrategyChoice[];
  /** All that may be taken; how many are is up to the looks. */
  readonly seeds: readonly number[];
  /** When to look whether the seeds so far decide; left out, once, at all of them. */
  readonly looks?: Looks;
  /** The metric that names the winner. */
  readonly by: MetricName;
  readonly version: string;
  /** Threads of this process when left out. */
  readonly executor?: Executor;
  readonly capacities?: KnownCapacities | undefined;
  readonly signal?: AbortSignal;
  /** So many seeds do not decide, and there will be so many. */
  readonly onUndecided?: (seeds: number, next: number) => void;
}

/** Everything but how and when it was run, which the caller knows. */
export type ComparisonResult = Omit<Comparison, 'meta'> & {
  readonly meta: Omit<Comparison['meta'], 'run'>;
};

/**
 * Simulates every strategy under every seed. A seed fixes arrivals and lengths, so the strategies
 * are compared on identical requests, pair by pair. At each look it ends if the seeds so far
 * decide. Seeds are finished one after the other; when it is aborted, the seeds that are complete
 * make the result, and none gives undefined.
 */
export async function compare(options: CompareOptions): Promise<ComparisonResult | undefined> {
  const { executor = threadExecutor(), looks = oneLook(options.seeds), signal } = options;
  const whole = questionOf(options);
  const upTo = (size: number): Question => ({ ...whole, seeds: whole.seeds.slice(0, size) });
  const summaries: (RunSummary | undefined)[] = [];
  for (const [look, size] of looks.sizes.entries()) {
    const tasks = tasksOf(upTo(size)).slice(summaries.length);
    summaries.push(...(await runAll(tasks, executor, { signal })));
    const result = comparisonOf(upTo(size), summaries, looks);
    const next = looks.sizes[look + 1];
    if (next === undefined || signal?.aborted || isSettled(result!.verdict)) return result;
    options.onUndecided?.(size, next);
  }
  return undefined;
}

function oneLook({ length }: readonly number[]): Looks {
  return looksOf(length, length);
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
  looks = oneLook(question.seeds),
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
  return assembleComparison({ scenario, all, seeds, by, version, looks });
}

export interface AssembleOptions {
  readonly scenario: Scenario;
  readonly all: readonly StrategyRuns[];
  readonly seeds: readonly number[];
  readonly by: MetricName;
  readonly version: string;
  readonly looks?: Looks;
  readonly measured?: Measured | undefined;
}

/** Of live runs. */
export interface Measured {
  readonly startedAt: string;
  /** Whether the fleet of the scenario is what was measured; else nobody knows what it was. */
  readonly isItsFleet?: boolean;
}

export function assembleComparison(options: AssembleOptions): ComparisonResult {
  const { scenario, seeds, by, looks = oneLook(seeds), measured, version } = options;
  const strategies = options.all.map(({ strategy }) => strategy);
  const all = withLabels(options.all);
  return {
    schemaVersion: summaryVersion,
    kind: 'comparison',
    verdict: decide(all, by, looks),
    strategies: summariseStrategies(all, looks.twoSided),
    warnings: [
      ...(measured ? [] : strategies.flatMap((strategy) => unmetNeeds(strategy, scenario))),
      ...warningsFor(all, scenario),
      // Of a live run other things decide, and others are to be written.
      ...(measured ? [] : steadyWarnings(all, scenario)),
    ],
    scenario: { ...describeScenario(scenario), ...(knowsFleet(measured) ? {} : { fleet: [] }) },
    meta: {
      // No two live runs are the same; and the same seeds may say less after several looks.
      runId: runId({
        ...{ scenario, strategies, seeds, version, startedAt: measured?.startedAt },
        looks: looks.sizes.length > 1 ? looks.sizes : undefined,
      }),
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
