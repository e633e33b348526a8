import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { needTexts } from '../../cli/strategy-options.ts';
import { proxyErrors } from '../../proxy/client/proxy-errors.ts';
import { strategies } from '../../strategies/registry.ts';
import { configOf, configProblem, examplePath, exampleText } from '../proxy/support/configs.ts';
import { testWith } from '../support/programs.ts';
import { repository } from '../support/run-fairlead.ts';

const page = readFileSync(join(repository, 'docs/proxy.md'), 'utf8');
const schemaText = readFileSync(join(repository, 'proxy/proxy.schema.json'), 'utf8');

/** The rows of the table under a heading, without its head. */
function rowsUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading))!;
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}

test('the page can be read in one sitting', () => {
  expect(page.split('\n').length).toBeLessThanOrEqual(220);
});

const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block!);

test.each(blocks)('a configuration of docs/proxy.md is right: %#', (block) => {
  const config = { replicas: ['http://10.0.0.1:8000'], ...parse(block) };
  expect(configProblem(JSON.stringify(config))).toBeUndefined();
});

test('the documented defaults are those of the loader', () => {
  const usual = configOf('replicas: [http://10.0.0.1:8000]');
  const rows = rowsUnder('Defaults');
  expect(rows.length).toBeGreaterThan(20);
  const documented = rows.map(([key, value]) => [key, value].map((cell) => cell!.slice(1, -1)));
  const loaded = documented.map(([key]) => [key, String(valueAt(usual, key!))]);
  expect(documented).toEqual(loaded);
});

function valueAt(config: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce((value, part) => (value as Readonly<Record<string, unknown>>)[part], config);
}

test('strategies are told what the page says', () => {
  const rows = rowsUnder('What strategies need');
  expect(rows).toHaveLength(5);
  const told = ['', needTexts.prefix, needTexts.signals, needTexts.twin, needTexts['kv-events']];
  for (const [at, [, names]] of rows.entries()) {
    for (const [, name] of names!.matchAll(/`([^`]+)`/g)) {
      const { needs } = strategies.find((one) => one.name === name)!;
      const most = Math.max(0, ...needs.map((need) => told.indexOf(needTexts[need])));
      expect([name, most]).toEqual([name, at]);
    }
  }
});

test('the codes that clients get are in docs/errors.md, with their status', () => {
  const errors = readFileSync(join(repository, 'docs/errors.md'), 'utf8');
  for (const [code, { status }] of Object.entries(proxyErrors)) {
    expect(errors).toContain(`| ${status} | \`${code}\` |`);
  }
});

test('an editor finds the example right, and slips in it wrong', () => {
  const [, schemaPath] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(exampleText)!;
  expect(join(examplePath, '..', schemaPath!)).toBe(join(repository, 'proxy/proxy.schema.json'));
  const schema = z.fromJSONSchema(JSON.parse(schemaText));
  const isRight = (text: string) => schema.safeParse(parse(text)).success;
  expect(isRight(exampleText)).toBe(true);
  expect(blocks.slice(0, 1).map(isRight)).toEqual([true]);
  const slips = [
    ['tellStory: false', 'tellStory: no'],
    ['requestTime: 30s', 'requestTimes: 30s'],
    ['strategy: predicted-finish', 'strategy: predict-finish'],
    ['most: 10, window', 'most: 0, window'],
    ['transport: dispatch', 'transport: undici'],
  ] as const;
  for (const [from, to] of slips) {
    expect(exampleText).toContain(from);
    expect([to, isRight(exampleText.replace(from, to))]).toEqual([to, false]);
  }
});

testWith('systemd-analyze')('systemd understands the unit', () => {
  const unit = join(repository, 'deploy/proxy/fairlead-proxy.service');
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
  expect([status, stderr.split('\n').filter((line) => line.includes('fairlead'))]).toEqual([0, []]);
});

test('every file that the image is made of is there', () => {
  const dockerfile = readFileSync(join(repository, 'deploy/proxy/Dockerfile'), 'utf8');
  const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, from]) =>
    from!.split(' '),
  );
  expect(copied).toContain('bin');
  expect(copied.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  expect(dockerfile).toMatch(/^USER node$/m);
});
