import { vocabulary } from '../cli/vocabulary.ts';
import { resolveLoad } from '../experiments/load/resolve-load.ts';
import { runTask } from '../experiments/run-task.ts';
import { libraryNames, readScenarioText } from '../scenarios/library.ts';
import { parseScenario } from '../scenarios/load.ts';
import { cpuSeconds } from './measure.ts';
import { atMost, type Benchmark } from './result.ts';

/** How long the scenarios of the library take, under the slowest of their strategies. */
export function libraryBenchmarks(): Map<string, Benchmark> {
  return new Map([['scenarios.slowest.cpuS', () => atMost(5, slowestS(), 's')]]);
}

function slowestS(): number {
  let slowest = 0;
  for (const name of libraryNames()) {
    const scenario = resolveLoad(parseScenario(readScenarioText(name), vocabulary));
    const times = scenario.strategies.map((strategy) => {
      const before = cpuSeconds();
      runTask({ scenario, strategy, seed: 1 });
      return cpuSeconds() - before;
    });
    const longest = Math.max(...times);
    process.stderr.write(`  ${name.padEnd(24)} ${longest.toFixed(2)} s\n`);
    slowest = Math.max(slowest, longest);
  }
  return slowest;
}
