import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseScenario } from '../../scenarios/load.ts';
import type { Vocabulary } from '../../scenarios/schema.ts';
import type { PublishedScenarios } from './published-world.ts';

/** The scenarios of this folder, in the words of whoever knows them all. */
export function publishedScenarios(vocabulary: Vocabulary): PublishedScenarios {
  const folder = scenarioFolder();
  return (name) => {
    const file = join(folder, `${name}.yaml`);
    return parseScenario({ file, text: readFileSync(file, 'utf8') }, vocabulary);
  };
}

/** YAML is not compiled: it stays beside the sources when this file moves to dist. */
function scenarioFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const isSource = existsSync(join(here, 'prefix-routing-ladder.yaml'));
  return isSource ? here : join(here, '../../../experiments/published');
}
