import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aboutOf, pageSeeds } from '../../cli/scenario-pages.ts';
import { runId } from '../../experiments/run-id.ts';
import { libraryNames, readScenarioText } from '../../scenarios/library.ts';
import { repository } from '../support/run-fairlead.ts';
import { libraryScenario } from '../support/scenarios.ts';

const folder = join(repository, 'docs/scenarios');
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

test('the library is the eighteen scenarios, each with a page in the index', () => {
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  const listed = [...index.matchAll(/^\| \[([\w-]+)\]\(\1\.md\)/gm)].map((match) => match[1]);
  expect(listed).toEqual(libraryNames());
  expect(listed).toHaveLength(18);
});

test.each(libraryNames())('the page of %s is about the scenario as it is', (name) => {
  const path = join(folder, `${name}.md`);
  expect(existsSync(path)).toBe(true);
  const page = readFileSync(path, 'utf8');
  expect(page).toContain(aboutOf(readScenarioText(name).text));
  const scenario = libraryScenario(name);
  const { strategies } = scenario;
  // A changed scenario has another id: "npm run scenarios" writes its page again.
  expect(page).toContain(runId({ scenario, strategies, seeds: pageSeeds, version }));
});
