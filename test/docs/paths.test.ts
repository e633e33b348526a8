import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/run-fairlead.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(repository, 'docs')).map((name) => `docs/${name}`),
].filter((page) => page.endsWith('.md'));

/** Paths of ours in backquotes, such as `sim/replica/engine.ts`; patterns and placeholders are not. */
const path = /`((?:[\w.-]+\/)+[\w.-]*)`/g;
const folders = new Set(
  readdirSync(repository, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name),
);

test.each(pages)('every file that %s speaks of is there', (page) => {
  const text = readFileSync(join(repository, page), 'utf8');
  const named = [...text.matchAll(path)].map(([, found]) => found!);
  const ours = named.filter(
    (name) => folders.has(name.split('/')[0]!) && !name.startsWith('runs/'),
  );
  expect(ours.filter((name) => !existsSync(join(repository, name)))).toEqual([]);
});
