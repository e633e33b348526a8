import { mkdirSync, writeFileSync } from 'node:fs';
import { compare } from '../experiments/compare.ts';
import { decidingMetric } from '../experiments/deciding-metric.ts';
import { type IndexRow, scenarioIndex, scenarioPage } from '../reports/scenario-page.ts';
import { libraryNames, readScenarioText } from '../scenarios/library.ts';
import { loadScenario } from './load-scenario.ts';
import { version } from './package.ts';
import { describeRun } from './run-meta.ts';

export const pageSeeds = Array.from({ length: 10 }, (_, index) => index + 1);

const folder = 'docs/scenarios';

/** Runs the scenarios of the library and writes a page about each. */
export async function writeScenarioPages(chosen: readonly string[]): Promise<void> {
  const names = chosen.length > 0 ? chosen : libraryNames();
  mkdirSync(folder, { recursive: true });
  const rows: IndexRow[] = [];
  for (const name of names) {
    const startedAt = new Date();
    process.stderr.write(`${name} …\n`);
    const scenario = await loadScenario(name);
    const { expect: expected, strategies } = scenario;
    const by = decidingMetric(scenario);
    const result = await compare({ scenario, strategies, seeds: pageSeeds, by, version });
    if (result === undefined) throw new Error(`${name}: no seed was finished`);
    const comparison = { ...result, meta: { ...result.meta, run: describeRun(startedAt) } };
    const about = aboutOf(readScenarioText(name).text);
    writeFileSync(`${folder}/${name}.md`, scenarioPage({ comparison, about, expected }));
    rows.push({ comparison, expected });
  }
  if (chosen.length === 0) writeFileSync(`${folder}/README.md`, scenarioIndex(rows));
}

/** The comment at the top of a file, but for what editors read; paragraphs are kept. */
export function aboutOf(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end)
    .filter((line) => !line.startsWith('# yaml-language-server'))
    .map((line) => line.replace(/^# ?/, ''))
    .join('\n');
}
