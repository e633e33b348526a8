import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { comparisonSchema } from '../../reports/summary.ts';
import { libraryNames } from '../../scenarios/library.ts';
import { strategies } from '../../strategies/registry.ts';
import { repository, runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a bare fairlead says what it is in three lines and what to try first', async () => {
  const { code, stdout } = await runFairlead([]);
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  expect(stdout).toContain('fairlead compare azure-chat');
});

test.each([
  [],
  ['compare'],
  ['simulate'],
  ['scenario'],
  ['scenario', 'list'],
  ['scenario', 'show'],
  ['scenario', 'validate'],
  ['strategy'],
  ['strategy', 'list'],
  ['strategy', 'show'],
  ['report'],
])('fairlead %s %s --help describes itself', async (...command) => {
  const { code, stdout } = await runFairlead([...command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: ${['fairlead', ...command].join(' ')}`));
});

test('scenario list and strategy list know everything there is', async () => {
  const listed = async (what: string) => {
    const { stdout } = await runFairlead([what, 'list', '--json']);
    return (JSON.parse(stdout) as { name: string; summary: string }[]).map(({ name }) => name);
  };
  expect(await listed('scenario')).toEqual(libraryNames());
  expect(await listed('strategy')).toEqual(strategies.map(({ name }) => name));
});

test('scenario show fills in the defaults of vLLM and the size of the KV cache', async () => {
  const { stdout } = await runFairlead(['scenario', 'show', 'azure-chat']);
  expect(stdout).toMatch(/4 × A100-80GB-SXM, KV cache 45\d,\d{3} tokens each/);
  expect(stdout).toContain('max_num_seqs 256, max_num_batched_tokens 2048');
});

test('strategy show lists the options with their defaults', async () => {
  const { stdout } = await runFairlead(['strategy', 'show', 'least-tokens', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    options: [{ name: 'tokensPerRequest', default: '1000' }],
  });
});

test('simulate keeps a record of every request, and report converts and shows it again', async () => {
  const cwd = temporaryFolder();
  const source = new URL('../../scenarios/library/azure-chat.yaml', import.meta.url);
  const small = readFileSync(source, 'utf8')
    .replace('duration: 10m', 'duration: 30s')
    .replace('warmup: 2m', 'warmup: 5s');
  writeFileSync(join(cwd, 'small.yaml'), small);
  const args = ['simulate', 'small.yaml', '-s', 'least-tokens', '--out', 'run', '--json'];
  const { stdout } = await runFairlead(args, { cwd });
  const { strategies: summaries } = comparisonSchema.parse(JSON.parse(stdout));
  const lines = readFileSync(join(cwd, 'run/records.ndjson'), 'utf8').trim().split('\n');
  const counted = lines
    .map((line) => JSON.parse(line) as { intendedUs: number })
    .filter(({ intendedUs }) => intendedUs >= 5_000_000);
  expect(counted).toHaveLength(summaries[0]!.outcomes.counted);

  const reported = ['report', 'run', '--records', 'parquet', '--html', 'again', '--markdown'];
  const report = await runFairlead(reported, { cwd });
  expect(report.stdout).toContain('| least-tokens |');
  expect(existsSync(join(cwd, 'run/records.parquet'))).toBe(true);
  expect(readFileSync(join(cwd, 'again/report.html'), 'utf8')).toBe(
    readFileSync(join(cwd, 'run/report.html'), 'utf8'),
  );
});

test('a reader that leaves early is no error', async () => {
  const command = `"${process.execPath}" bin/fairlead.js strategy list | head -n 1`;
  for (let attempt = 0; attempt < 5; attempt++) {
    const { stderr, status } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
      cwd: repository,
      encoding: 'utf8',
    });
    expect([stderr, status]).toEqual(['', 0]);
  }
});
