import type { Executor } from '../../experiments/executor.ts';
import type { StrategyRuns } from '../../experiments/summarise-strategy.ts';
import type { RunSummary } from '../../reports/summary.ts';
import { allFigures, runWith } from './run-summaries.ts';

/** A run of which nothing matters but its TTFT p99. */
export function runWithTtft(ttftP99Ms: number): RunSummary {
  const run = runWith(allFigures(1));
  return { ...run, metrics: { ...run.metrics, ttftP99Ms } };
}

/** One strategy, its seeds in their order. */
export function strategyWithTtft(name: string, ttftP99Ms: readonly number[]): StrategyRuns {
  return { strategy: { name, options: {} }, runs: ttftP99Ms.map(runWithTtft) };
}

/** In place of a simulation; `executed` counts what was asked of it. */
export function executorOf(summaryOf: (strategy: string, seed: number) => RunSummary) {
  const executed: string[] = [];
  const executor: Executor = {
    async execute(tasks, { onSummary }) {
      for (const [index, { seed, strategy }] of tasks.entries()) {
        executed.push(`${strategy.name} ${seed}`);
        onSummary(index, summaryOf(strategy.name, seed));
      }
    },
  };
  return { executed, executor };
}
