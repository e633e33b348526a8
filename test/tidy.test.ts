import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

// The rules of the house, read off the sources: the folder tree is the architecture, and what is
// pure stays pure.

const root = new URL('..', import.meta.url).pathname;

/** Who may import whom; `test` and `bench` may import all. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  scenarios: ['core'],
  strategies: ['core'],
  gateway: ['core', 'scenarios', 'strategies'],
  sim: ['core', 'scenarios', 'strategies', 'gateway'],
  proxy: ['core', 'scenarios', 'strategies', 'gateway'],
  emulator: ['core', 'scenarios', 'sim'],
  loadgen: ['core', 'scenarios'],
  reports: ['core'],
  deploy: ['core', 'scenarios'],
  experiments: [
    ...['core', 'scenarios', 'strategies', 'gateway', 'sim', 'proxy', 'emulator', 'loadgen'],
    ...['deploy', 'reports'],
  ],
  cli: [
    ...['core', 'scenarios', 'strategies', 'gateway', 'sim', 'proxy', 'emulator', 'loadgen'],
    ...['deploy', 'reports', 'experiments'],
  ],
};

const pure = ['core', 'scenarios', 'strategies', 'gateway', 'sim', 'deploy'];

/** No clock, no chance, no waiting, no process: all of that comes in as an argument. */
const banned = [
  /\bnew Date\b|\bDate\./,
  /\bperformance\b/,
  /\bMath\.random\b/,
  /\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/,
  /\bawait\b/,
  /\bprocess\b[.[]/,
  /\bfetch\(/,
  /\blocaleCompare\b|\btoLocale/,
  /from 'node:/,
];

/** These read files for the others, and unpack them; nothing else in the pure folders does. */
const mayReadFiles = [
  'scenarios/library.ts',
  'scenarios/traces/open-trace.ts',
  'scenarios/traces/trace-file.ts',
];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly code: string;
}

function sourcesOf(folder: string): Source[] {
  if (!existsSync(join(root, folder))) return [];
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const path = join(folder, file);
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, code: withoutComments(text) };
    });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function importsOf({ path, text }: Source): string[] {
  return [...text.matchAll(/(?:from|import) '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map((match) =>
    normalize(join(dirname(path), match[1] ?? match[2]!)),
  );
}

const product = Object.keys(mayImport).flatMap(sourcesOf);
const all = [...product, ...sourcesOf('test'), ...sourcesOf('bench')];

test('there are sources to read', () => {
  for (const folder of Object.keys(mayImport)) expect(sourcesOf(folder), folder).not.toEqual([]);
});

describe.each(Object.keys(mayImport))('%s/', (folder) => {
  test('imports only what the architecture allows', () => {
    const allowed = [folder, ...mayImport[folder]!];
    const forbidden = sourcesOf(folder).flatMap((source) =>
      importsOf(source)
        .filter((target) => !allowed.includes(target.split('/')[0]!))
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(forbidden).toEqual([]);
  });
});

test.each(pure)('%s/ has no clock, no chance and no I/O of its own', (folder) => {
  const impure = sourcesOf(folder)
    .filter(({ path }) => !mayReadFiles.includes(path))
    .flatMap(({ path, code }) =>
      banned.filter((pattern) => pattern.test(code)).map((pattern) => `${path}: ${pattern}`),
    );
  expect(impure).toEqual([]);
});

test('only the command line ends the process', () => {
  const ending = product
    .filter(({ path }) => !path.startsWith('cli/'))
    .filter(({ code }) => /\bprocess\.(exit|exitCode)\b/.test(code));
  expect(ending.map(({ path }) => path)).toEqual([]);
});

test('files are named after what they hold', () => {
  const vague = all.filter(({ path }) => /\b(utils?|helpers?|common|misc)\b/.test(path));
  const notKebab = all.filter(({ path }) => !/^[a-z0-9.-]+\.ts$/.test(basename(path)));
  expect([...vague, ...notKebab].map(({ path }) => path)).toEqual([]);
});

test('a file holds one idea', () => {
  const long = all.filter(({ text }) => text.split('\n').length > 300);
  expect(long.map(({ path }) => path)).toEqual([]);
});

test('a function fits on a screen', () => {
  expect(product.flatMap(longFunctions)).toEqual([]);
});

test('a line fits beside another one', () => {
  // A sentence for the user or a template of HTML is one string, and is not broken.
  const long = product.flatMap(({ path, text }) =>
    text
      .split('\n')
      .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
      .filter(({ line }) => line.length > 100 && !/[`'"]/.test(line)),
  );
  expect(long.map(({ place }) => place)).toEqual([]);
});

test('nothing is left to do, and nothing is exported by default but plug-ins', () => {
  const leftovers = all.filter(
    ({ path, text }) => path !== 'test/tidy.test.ts' && /\b(TODO|FIXME|XXX|HACK)\b/.test(text),
  );
  const plugIn = /^export default (define\w+\(|\{)/m;
  const defaults = product.filter(
    ({ text }) => /^export default /m.test(text) && !plugIn.test(text),
  );
  expect([...leftovers, ...defaults].map(({ path }) => path)).toEqual([]);
});

test('no file escapes the type checker', () => {
  const escapes = all.filter(
    ({ path, code }) =>
      path !== 'test/tidy.test.ts' && /@ts-(ignore|nocheck|expect-error)|\bas any\b/.test(code),
  );
  expect(escapes.map(({ path }) => path)).toEqual([]);
});

/** A top-level function or a method, by its indentation, from its first to its last line. */
function longFunctions({ path, text }: Source): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const begin = /^( {0,2})(?:export |async |static |function |#|[a-z])[^=]*\(.*\{$/.exec(line);
    if (begin === null || /^\s*(if|for|while|switch|describe|test|return)\b/.test(line)) return [];
    const end = lines.findIndex((other, at) => at > start && other === `${begin[1]}}`);
    return end - start > 60 ? [`${path}:${start + 1} has ${end - start} lines`] : [];
  });
}
