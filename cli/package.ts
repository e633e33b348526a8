import { readFileSync } from 'node:fs';

/** Sources run from `cli/`, the build from `dist/cli/`. */
function readPackage(): { version: string } {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      return JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string };
    } catch {
      // Tried one level up as well.
    }
  }
  throw new Error('package.json is missing beside the program');
}

export const version = readPackage().version;
