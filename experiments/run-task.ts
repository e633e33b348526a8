import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import { summariseRun } from '../reports/summarise-run.ts';
import type { RunSummary } from '../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';
import { sloClasses } from '../scenarios/slo-classes.ts';
import { type SimulatedRun, simulate } from '../sim/simulate.ts';
import { strategies } from '../strategies/registry.ts';
import type { StrategyDefinition } from '../strategies/strategy.ts';
import { recordDigest } from './record-digest.ts';

/** One cell of an experiment; plain data, so that it can be sent to another thread. */
export interface RunTask {
  readonly scenario: Scenario;
  readonly strategy: StrategyChoice;
  readonly seed: number;
}

export function runTask({ scenario, strategy, seed }: RunTask): SimulatedRun {
  const definition = findStrategy(strategy.name);
  return simulate({ scenario, strategy: definition, strategyOptions: strategy.options, seed });
}

export function summariseTask(task: RunTask): RunSummary {
  const run = runTask(task);
  const summary = summariseRun(run, task.scenario.slo, sloClasses(task.scenario));
  return { ...summary, digest: recordDigest(run.log) };
}

export function findStrategy(name: string): StrategyDefinition {
  const found = strategies.find((strategy) => strategy.name === name);
  if (found !== undefined) return found;
  const names = strategies.map((strategy) => strategy.name);
  const message = `there is no strategy "${name}". ${suggestion(name, names)}`;
  throw new FairleadError('STRATEGY_UNKNOWN', message);
}
