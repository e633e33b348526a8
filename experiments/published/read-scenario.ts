import { readFileSync } from 'node:fs';
import { packageRoot } from '../../core/package-root.ts';
import { parseScenario } from '../../scenarios/load.ts';
import type { Vocabulary } from '../../scenarios/schema.ts';
import type { PublishedScenarios } from './published-world.ts';

/** The scenarios of this folder, in the words of whoever knows them all. */
export function publishedScenarios(vocabulary: Vocabulary): PublishedScenarios {
  return (name) => {
    const path = `experiments/published/${name}.yaml`;
    const text = readFileSync(new URL(path, packageRoot), 'utf8');
    return parseScenario({ file: path, text }, vocabulary);
  };
}
