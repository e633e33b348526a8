import { vocabulary } from '../../cli/vocabulary.ts';
import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { threadExecutor } from '../../experiments/thread-executor.ts';
import type { RunSummary } from '../../reports/summary.ts';
import { readScenarioText } from '../../scenarios/library.ts';
import { parseScenario } from '../../scenarios/load.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

/** Many runs of one strategy at one load, a seed each, from 1. */
export type Pool = readonly RunSummary[];

/**
 * azure-chat at another load, and without the drift of its rate, so that the load is what it is
 * called in every minute. Short, because a run of the question asked here is one of thousands.
 */
export function chatAtLoad(load: number): Scenario {
  const { file, text } = readScenarioText('azure-chat');
  const short = text
    .replace('load: 0.75', `load: ${load}`)
    .replace(/arrivals: .*/, 'arrivals: { kind: poisson }')
    .replace('warmup: 2m', 'warmup: 30s')
    .replace('duration: 10m', 'duration: 90s');
  return resolveLoad(parseScenario({ file, text: short }, vocabulary));
}

export async function runPool(scenario: Scenario, name: string, seeds: number): Promise<Pool> {
  const tasks = Array.from({ length: seeds }, (_, index) => ({
    ...{ scenario, strategy: { name, options: {} } },
    seed: index + 1,
  }));
  const startedAt = performance.now();
  const summaries: RunSummary[] = [];
  let done = 0;
  await threadExecutor().execute(tasks, {
    onSummary: (index, summary) => {
      summaries[index] = summary;
      done += 1;
      if (done % 1_000 > 0) return;
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      process.stderr.write(`  ${name}: ${done} of ${seeds} runs in ${seconds} s\n`);
    },
  });
  return summaries;
}
