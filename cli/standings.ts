import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { runAll } from '../experiments/executor.ts';
import { resolveLoad } from '../experiments/load/resolve-load.ts';
import {
  finalists,
  type Standing,
  type Standings,
  type StrategySeeds,
  standing,
  standingsSchema,
} from '../experiments/standings.ts';
import { threadExecutor } from '../experiments/thread-executor.ts';
import type { RunSummary } from '../reports/summary.ts';
import { libraryNames } from '../scenarios/library.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { strategies } from '../strategies/registry.ts';
import { loadScenario } from './load-scenario.ts';
import { version } from './package.ts';

export const standingsFile = 'docs/standings.json';

const own = 'predicted-finish';
const firstSeeds = [1, 2, 3];
const allSeeds = Array.from({ length: 20 }, (_, index) => index + 1);
const finalistsEach = 3;

/**
 * Holds our own strategy against all others on the scenarios of the library: a few seeds of all of
 * them choose who can be the best, and those run with all seeds. What is done is written at once.
 */
export async function writeStandings(chosen: readonly string[]): Promise<void> {
  const known = new Map(readStandings()?.scenarios.map((row) => [row.scenario, row]));
  for (const name of chosen.length > 0 ? chosen : libraryNames()) {
    process.stderr.write(`${name} …\n`);
    known.set(name, await standingOn(resolveLoad(await loadScenario(name))));
    const scenarios = libraryNames().flatMap((scenario) => known.get(scenario) ?? []);
    const standings: Standings = { strategy: own, seeds: allSeeds.length, version, scenarios };
    writeFileSync(standingsFile, `${JSON.stringify(standings, null, 2)}\n`);
  }
}

export function readStandings(): Standings | undefined {
  if (!existsSync(standingsFile)) return undefined;
  return standingsSchema.parse(JSON.parse(readFileSync(standingsFile, 'utf8')));
}

async function standingOn(scenario: Scenario): Promise<Standing> {
  const names = strategies.map(({ name }) => name);
  const first = await run(scenario, names, firstSeeds);
  const best = [own, ...finalists(first, own, finalistsEach)];
  const rest = await run(scenario, best, allSeeds.slice(firstSeeds.length));
  const complete = rest.map(({ name, runs }) => {
    const begun = first.find((one) => one.name === name)!;
    return { name, runs: [...begun.runs, ...runs] };
  });
  return standing(scenario.name, complete, own);
}

async function run(
  scenario: Scenario,
  names: readonly string[],
  seeds: readonly number[],
): Promise<StrategySeeds[]> {
  const tasks = names.flatMap((name) =>
    seeds.map((seed) => ({ scenario, strategy: { name, options: {} }, seed })),
  );
  const summaries = (await runAll(tasks, threadExecutor())) as RunSummary[];
  return names.map((name, index) => ({
    name,
    runs: summaries.slice(index * seeds.length, (index + 1) * seeds.length),
  }));
}
