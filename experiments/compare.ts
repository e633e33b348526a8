import type { MetricName } from '../reports/metrics.ts';
import { type Comparison, type RunSummary, summaryVersion } from '../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';
import { describeFleet, describeScenario } from './describe-scenario.ts';
import { type Executor, runAll } from './executor.ts';
import { withCheapest } from './fleets/cheapest.ts';
import { type FleetVariant, onFleet } from './fleets/fleet-variant.ts';
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
  /** In place of the fleet of the scenario, on which its loads have become rates. */
  readonly fleets?: readonly FleetVariant[] | undefined;
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
export type Question = Pick<
  CompareOptions,
  'by' | 'fleets' | 'scenario' | 'seeds' | 'strategies' | 'version'
>;

export function questionOf(options: Question & Pick<CompareOptions, 'capacities'>): Question {
  const { by, capacities, fleets, seeds, version } = options;
  const scenario = resolveLoad(options.scenario, capacities);
  const strategies = withoutRepeats(options.strategies);
  return { by, scenario, seeds, strategies, version, ...(fleets === undefined ? {} : { fleets }) };
}

/** Seeds one after the other, so that those begun first are complete first. */
export function tasksOf(question: Question): RunTask[] {
  const cells = cellsOf(question);
  return question.seeds.flatMap((seed) =>
    cells.map(({ scenario, strategy }) => ({ scenario, strategy, seed })),
  );
}

/** What is run under every seed: each strategy, and that on each fleet where there are several. */
function cellsOf({ fleets, scenario, strategies }: Question) {
  const worlds = fleets?.map((fleet) => ({ fleet, scenario: onFleet(scenario, fleet) })) ?? [
    { scenario },
  ];
  return worlds.flatMap((world) => strategies.map((strategy) => ({ ...world, strategy })));
}

/** From the summaries of all tasks, in their order; seeds that are not complete are left out. */
export function comparisonOf(
  question: Question,
  summaries: readonly (RunSummary | undefined)[],
  looks = oneLook(question.seeds),
): ComparisonResult | undefined {
  const { by, fleets, scenario, version } = question;
  const cells = cellsOf(question);
  const seedRuns = question.seeds.map((_seed, index) =>
    summaries.slice(index * cells.length, (index + 1) * cells.length),
  );
  const complete = seedRuns.map((runs) => !runs.includes(undefined));
  const seeds = question.seeds.filter((_seed, index) => complete[index]);
  if (seeds.length === 0) return undefined;
  const finished = seedRuns.filter((_runs, index) => complete[index]) as RunSummary[][];
  const all = cells.map(({ scenario: _scenario, ...cell }, index) => ({
    ...cell,
    runs: finished.map((runs) => runs[index]!),
  }));
  return assembleComparison({ scenario, fleets, all, seeds, by, version, looks });
}

export interface AssembleOptions {
  readonly scenario: Scenario;
  readonly all: readonly StrategyRuns[];
  readonly seeds: readonly number[];
  readonly by: MetricName;
  readonly version: string;
  readonly looks?: Looks;
  readonly fleets?: Question['fleets'];
  readonly measured?: Measured | undefined;
}

/** Of live runs. */
export interface Measured {
  readonly startedAt: string;
  /** Whether the fleet of the scenario is what was measured; else nobody knows what it was. */
  readonly isItsFleet?: boolean;
}

export function assembleComparison(options: AssembleOptions): ComparisonResult {
  const { scenario, seeds, by, fleets, looks = oneLook(seeds), measured, version } = options;
  const strategies = options.all.map(({ strategy }) => strategy);
  const all = withLabels(options.all);
  const summaries = summariseStrategies(all, looks.twoSided);
  const verdict = decide(all, by, looks);
  return {
    schemaVersion: summaryVersion,
    kind: 'comparison',
    verdict: fleets === undefined ? verdict : withCheapest(verdict, summaries),
    strategies: summaries,
    warnings: allWarnings(options, all),
    ...(fleets === undefined
      ? {}
      : { fleets: fleets.map((fleet) => describeFleet(scenario, fleet)) }),
    scenario: { ...describeScenario(scenario), ...(knowsFleet(measured) ? {} : { fleet: [] }) },
    meta: {
      // No two live runs are the same; and the same seeds may say less after several looks.
      runId: runId({
        ...{ scenario, strategies, seeds, version, startedAt: measured?.startedAt },
        looks: looks.sizes.length > 1 ? looks.sizes : undefined,
        fleets,
      }),
      version,
      seeds: [...seeds],
      simulated: measured === undefined,
    },
  };
}

/** Those of every fleet, as it is the machines that are too small for a request. */
function allWarnings(
  { all: asked, fleets, measured, scenario }: AssembleOptions,
  all: readonly StrategyRuns[],
): string[] {
  const choices = asked.map(({ strategy }) => strategy);
  const worlds = fleets?.map((fleet) => ({ fleet, world: onFleet(scenario, fleet) })) ?? [
    { fleet: undefined, world: scenario },
  ];
  const told = worlds.flatMap(({ fleet, world }) => {
    const own = all.filter((one) => one.fleet === fleet);
    return [
      ...(measured ? [] : choices.flatMap((choice) => unmetNeeds(choice, world))),
      ...warningsFor(own, world),
      // Of a live run other things decide, and others are to be written.
      ...(measured ? [] : steadyWarnings(own, world)),
    ];
  });
  return [...new Set(told)];
}

function knowsFleet(measured: Measured | undefined): boolean {
  return measured === undefined || measured.isItsFleet === true;
}

export function withoutRepeats(strategies: readonly StrategyChoice[]): StrategyChoice[] {
  const seen = new Map(strategies.map((choice) => [canonicalJson(choice), choice]));
  return [...seen.values()];
}
