import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import { packageRoot } from '../core/package-root.ts';
import type { SourceText } from './read-yaml.ts';

/** The names of the scenarios that come with Fairlead and need nothing else. */
export function libraryNames(): string[] {
  return namesIn(libraryFolder());
}

/** The names of those that play a public trace, which everybody has to get for himself. */
export function tracedNames(): string[] {
  return namesIn(tracedFolder());
}

/** Where a scenario is that comes with Fairlead; undefined for every other name. */
export function libraryPath(name: string): string | undefined {
  if (libraryNames().includes(name)) return join(libraryFolder(), `${name}.yaml`);
  return tracedNames().includes(name) ? join(tracedFolder(), `${name}.yaml`) : undefined;
}

/** Reads a scenario by the name it has in the library, or by the path of a file. */
export function readScenarioText(nameOrPath: string): SourceText {
  const path = libraryPath(nameOrPath) ?? nameOrPath;
  if (!existsSync(path)) {
    const message = `${nameOrPath}: neither a file nor a scenario of the library. ${suggestion(nameOrPath, [...libraryNames(), ...tracedNames()])} "fairlead scenario list" shows them all.`;
    throw new FairleadError('SCENARIO_NOT_FOUND', message);
  }
  if (statSync(path).isDirectory()) {
    const message = `${nameOrPath}: this is a folder. Give the path of a YAML or JSON file.`;
    throw new FairleadError('SCENARIO_UNREADABLE', message);
  }
  try {
    return { file: nameOrPath, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const message = `${nameOrPath}: cannot be read (${(error as Error).message}).`;
    throw new FairleadError('SCENARIO_UNREADABLE', message);
  }
}

function libraryFolder(): string {
  return fileURLToPath(new URL('scenarios/library', packageRoot));
}

function tracedFolder(): string {
  return join(libraryFolder(), 'traced');
}

function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();
}
