import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt, packageRoot } from '../../core/package-root.ts';

const root = fileURLToPath(isBuilt ? new URL('dist', packageRoot) : packageRoot);

/**
 * What can change the figures of a run: whole folders, because nothing can be forgotten that way,
 * and of the rest the files that a test finds imported by them.
 */
export const simulatingFolders = ['core', 'scenarios', 'strategies', 'gateway', 'sim'];
export const simulatingFiles = [
  'experiments/load/',
  'experiments/record-digest',
  'experiments/run-id',
  'experiments/run-task',
];
/** Those of `reports/` itself summarise a run; the folders in it only draw what came out. */
const summarising = /^reports\/[^/]+$/;
export const simulatingPackages = [
  'd3-random',
  'fastest-levenshtein',
  'seedrandom',
  'simple-statistics',
  'yaml',
  'zod',
];

const reportPackages = ['vega', 'vega-lite'];

const known = new Map<Part, string>();

/** What a result depends on that must not outlive the code. */
export type Part = 'runs' | 'reports';

/**
 * Names the code that is running, for results that must not outlive it. A version number would not
 * do: in a checkout the code changes many times under the same one, committed or not. So it is the
 * content of the files, read once, as they lie there now; with the versions of the packages whose
 * arithmetic we use. Node is not part of it: the same bytes on Node 20 to 24 are a promise.
 */
export function codeFingerprint(part: Part = 'runs'): string {
  const fingerprint = known.get(part) ?? fingerprintOf(root, part);
  known.set(part, fingerprint);
  return fingerprint;
}

export function fingerprintOf(folder: string, part: Part): string {
  const hash = createHash('sha256');
  for (const path of partPaths(folder, part)) {
    const content = readFileSync(join(folder, path));
    hash.update(`${path} ${content.length}\n`).update(content);
  }
  const packages = part === 'runs' ? simulatingPackages : reportPackages;
  for (const name of packages) hash.update(`${name} ${packageVersion(name, folder)}\n`);
  return hash.digest('hex').slice(0, 32);
}

/** Sources where they are run, or what was compiled of them. */
export function partPaths(folder: string, part: Part): string[] {
  const top =
    part === 'runs' ? [...simulatingFolders, 'reports', 'experiments'] : ['core', 'reports'];
  const files = top.flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.[jt]s$/.test(path))
      .map((path) => `${name}/${path.replaceAll('\\', '/')}`),
  );
  return (part === 'runs' ? files.filter(isSimulating) : files).sort();
}

function isSimulating(path: string): boolean {
  return (
    simulatingFolders.some((name) => path.startsWith(`${name}/`)) ||
    simulatingFiles.some((name) => path.startsWith(name)) ||
    summarising.test(path)
  );
}

/** As Node finds it; some packages do not let their package.json be imported. */
function packageVersion(name: string, folder: string): string {
  const path = join(folder, 'node_modules', name, 'package.json');
  if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as Package).version;
  const parent = dirname(folder);
  return parent === folder ? 'missing' : packageVersion(name, parent);
}

interface Package {
  readonly version: string;
}
