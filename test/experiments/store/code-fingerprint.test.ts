import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  fingerprintOf,
  type Part,
  partPaths,
  simulatingPackages,
} from '../../../experiments/store/code-fingerprint.ts';
import { repository } from '../../support/run-fairlead.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const entries = ['experiments/run-task.ts', 'experiments/load/resolve-load.ts'];

test('whatever a run imports is in the fingerprint of the code', () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(join(repository, path), 'utf8');
    for (const [, name] of text.matchAll(/(?:from|import\(?) ?'([^']+)'/g)) {
      if (name!.startsWith('.')) visit(join(dirname(path), name!));
      else if (!name!.startsWith('node:')) packages.add(name!);
    }
  };
  for (const entry of entries) visit(entry);
  const known = partPaths(repository, 'runs');
  expect(seen.size).toBeGreaterThan(300);
  expect([...seen].filter((path) => !known.includes(path))).toEqual([]);
  expect([...packages].filter((name) => !simulatingPackages.includes(name))).toEqual([]);
});

test('a report, a command or a verdict that changes leaves the runs as true', () => {
  const known = partPaths(repository, 'runs');
  for (const path of ['reports/html/page.ts', 'cli/main.ts', 'experiments/verdict.ts']) {
    expect([existsSync(join(repository, path)), known.includes(path)]).toEqual([true, false]);
  }
  expect(partPaths(repository, 'reports')).toContain('reports/html/page.ts');
});

test('any change of a file, a name or a package gives another fingerprint', () => {
  const folder = temporaryFolder();
  for (const name of ['core', 'scenarios', 'strategies', 'gateway', 'sim', 'experiments/load']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, 'reports'));
  const fingerprints = new Set<string>();
  const note = (part: Part = 'runs') => fingerprints.add(fingerprintOf(folder, part));
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  note();
  write('sim/a.ts', 'one');
  note();
  write('sim/a.ts', 'two');
  note();
  write('sim/b.ts', 'two');
  note();
  write('reports/summarise-run.ts', '');
  note();
  const zod = join(folder, 'node_modules/zod');
  cpSync(join(repository, 'node_modules/zod/package.json'), join(zod, 'package.json'));
  note();
  expect(fingerprints.size).toBe(6);
  write('experiments/verdict.ts', 'not of a run');
  note();
  expect(fingerprints.size).toBe(6);
});
