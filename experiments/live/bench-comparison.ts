import { formatDurationUs, US_PER_MS } from '../../core/time.ts';
import { countOf } from '../../reports/format.ts';
import type { MetricName } from '../../reports/metrics.ts';
import type { RunSummary } from '../../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import { agreement, type BothWorlds } from '../agreement.ts';
import { assembleComparison, type ComparisonResult, type Measured } from '../compare.ts';
import { runAll } from '../executor.ts';
import type { RunTask } from '../run-task.ts';
import { threadExecutor } from '../thread-executor.ts';
import { type Contestant, simulatedStrategy } from './contestants.ts';
import { invalidWarnings, type MeasuredRun } from './measured-run.ts';

export interface BenchComparisonOptions {
  readonly scenario: Scenario;
  readonly contestants: readonly Contestant[];
  readonly seeds: readonly number[];
  readonly runs: readonly MeasuredRun[];
  readonly by: MetricName;
  readonly version: string;
  readonly measured: Measured;
}

/** What was measured, in the form of a comparison, and beside it what the simulator says. */
export async function benchComparison(options: BenchComparisonOptions): Promise<ComparisonResult> {
  const { by, measured, runs, scenario, version } = options;
  const { contestants, seeds } = pairedPart(options);
  const all = contestants.map((contestant) => ({
    contestant,
    measured: seeds.map((seed) => runOf(runs, contestant, seed)!),
  }));
  const result = assembleComparison({
    ...{ scenario, seeds, by, version, measured },
    all: all.map((one) => ({
      strategy: shown(one.contestant),
      runs: one.measured.map(({ summary }) => summary),
    })),
  });
  const worlds = await bothWorlds(scenario, seeds, all);
  const used = runs.filter(
    ({ contestant, seed }) => contestants.includes(contestant) && seeds.includes(seed),
  );
  return {
    ...result,
    warnings: [...invalidWarnings(used), ...result.warnings, ...remarks(used)],
    ...(worlds.length === 0 ? {} : { agreement: agreement(worlds) }),
    liveRuns: used.map(({ facts }) => facts),
  };
}

/**
 * Strategies are compared pair by pair, so of an early end only whole repetitions count; where not
 * even the first is whole, those of it that are there.
 */
function pairedPart({ contestants, runs, seeds }: BenchComparisonOptions) {
  const whole = seeds.filter((seed) => contestants.every((one) => runOf(runs, one, seed)));
  if (whole.length > 0) return { contestants, seeds: whole };
  const first = seeds.slice(0, 1);
  return { contestants: contestants.filter((one) => runOf(runs, one, first[0]!)), seeds: first };
}

function runOf(runs: readonly MeasuredRun[], contestant: Contestant, seed: number) {
  return runs.find((run) => run.contestant === contestant && run.seed === seed);
}

function shown(contestant: Contestant): StrategyChoice {
  if (contestant.kind === 'balancer') return { name: contestant.name, options: {} };
  return { ...contestant.strategy, name: contestant.name };
}

interface Measurements {
  readonly contestant: Contestant;
  /** One for each seed. */
  readonly measured: readonly MeasuredRun[];
}

/** The same seeds again, simulated: the same requests at the same times, on as long a way. */
async function bothWorlds(
  scenario: Scenario,
  seeds: readonly number[],
  all: readonly Measurements[],
): Promise<BothWorlds[]> {
  const simulated = all.flatMap(({ contestant, measured }) => {
    const strategy = simulatedStrategy(contestant);
    return strategy === undefined ? [] : [{ contestant, measured, strategy }];
  });
  const tasks: RunTask[] = simulated.flatMap(({ measured, strategy }) =>
    measured.map(({ facts, seed }) => ({
      ...{ strategy, seed },
      scenario: withWay(scenario, facts.wayMs ?? 0),
    })),
  );
  const summaries = await runAll(tasks, threadExecutor());
  return simulated.map(({ contestant, measured, strategy }, index) => ({
    name: contestant.name,
    ...(contestant.kind === 'balancer' ? { simulatedAs: strategy.name } : {}),
    simulated: summaries.slice(index * seeds.length, (index + 1) * seeds.length) as RunSummary[],
    measured: measured.map(({ summary }) => summary),
  }));
}

/** The way between gateway and replicas takes the same time in both directions. */
function withWay(scenario: Scenario, wayMs: number): Scenario {
  const eachWayUs = Math.round((wayMs * US_PER_MS) / 2);
  if (eachWayUs === 0) return scenario;
  const replicas = scenario.fleet.map(({ name }) => name);
  const delay = formatDurationUs(eachWayUs);
  const way = { kind: 'network', at: '0s', replicas, delay, loss: 0, for: '168h' } as const;
  return { ...scenario, events: [...scenario.events, way] };
}

function remarks(runs: readonly MeasuredRun[]): string[] {
  return runs.flatMap(({ facts: { decisions, seed, strategy }, remarks: all }) => [
    ...all.map((remark) => `${strategy}, seed ${seed}: ${remark}`),
    ...(decisions === undefined || decisions.differing === 0
      ? []
      : [
          `${strategy}, seed ${seed}: ${decisions.differing} of ${countOf(decisions.picks, 'pick')} come out in another way when the decision log is replayed.`,
        ]),
  ]);
}
