import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { strategyChoice } from '../../cli/strategy-choice.ts';
import { comparisonSchema } from '../../reports/summary.ts';
import { libraryNames, tracedNames } from '../../scenarios/library.ts';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { models } from '../../sim/catalog/models/registry.ts';
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
  ['gate'],
  ['scenario'],
  ['scenario', 'list'],
  ['scenario', 'show'],
  ['scenario', 'validate'],
  ['strategy'],
  ['strategy', 'list'],
  ['strategy', 'show'],
  ['replica'],
  ['hardware'],
  ['hardware', 'list'],
  ['hardware', 'show'],
  ['model'],
  ['model', 'list'],
  ['model', 'show'],
  ['report'],
  ['export'],
  ['export', 'list'],
  ['lab'],
  ['lab', 'list'],
  ['lab', 'failover'],
])('fairlead %s %s --help describes itself', async (...command) => {
  const { code, stdout } = await runFairlead([...command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: ${['fairlead', ...command].join(' ')}`));
});

test.each([
  ['scenario', [...libraryNames(), ...tracedNames()]],
  ['strategy', strategies.map(({ name }) => name)],
  ['hardware', gpus.map(({ name }) => name)],
  ['model', models.map(({ name }) => name)],
])('%s list knows everything there is', async (what, known) => {
  const [asJson, asText] = await Promise.all([
    runFairlead([what, 'list', '--json']),
    runFairlead([what, 'list']),
  ]);
  expect((JSON.parse(asJson.stdout) as { name: string }[]).map(({ name }) => name)).toEqual(known);
  for (const name of known) expect(asText.stdout).toContain(`${name} `);
});

test('hardware show prints every price with its date', async () => {
  const { stdout } = await runFairlead(['hardware', 'show', 'H100-SXM']);
  expect(stdout).toMatch(/on-demand +specialised +2\.50–3\.50 +May 2026 +mercatus-ai\.com +yes/);
  expect(stdout).toMatch(/spot +specialised +0\.87–1\.43 +Q1 2026/);
  const asJson = await runFairlead(['hardware', 'show', 'T4', '--json']);
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    name: 'T4',
    hasBf16: false,
    linkKind: 'pcie',
    prices: [{ market: 'on-demand', verified: false }, { market: 'spot' }],
  });
});

test('model show tells weights, experts and windows', async () => {
  const { stdout } = await runFairlead(['model', 'show', 'gpt-oss-20b']);
  expect(stdout).toContain('20.91B parameters, 4.19B for each token: 14.4 GB in mxfp4');
  expect(stdout).toContain('12 layers keep only the last 128 tokens');
});

test('scenario show fills in the defaults of vLLM and the size of the KV cache', async () => {
  const { stdout } = await runFairlead(['scenario', 'show', 'azure-chat']);
  expect(stdout).toMatch(/4 × A100-80GB-SXM, KV cache 46\d,\d{3} tokens each/);
  expect(stdout).toContain('max_num_seqs 256, max_num_batched_tokens 2048');
});

test('scenario show draws arrivals and lengths in plain ASCII for a pipe, and as a page', async () => {
  const page = join(temporaryFolder(), 'azure.html');
  const { stdout } = await runFairlead(['scenario', 'show', 'azure-chat', '--html', page]);
  expect(stdout).toMatch(/Requests\/s in bins of 5s: min 1\d\.\d, mean 2\d\.\d, max 3\d\.\d/);
  expect(stdout).toMatch(/512-1,023 +\d+\.\d % #{5,}/);
  expect(stdout).not.toMatch(/[▁-█]/);
  expect(readFileSync(page, 'utf8').match(/<svg/g)).toHaveLength(3);
  const asJson = await runFairlead(['scenario', 'show', 'azure-chat', '--json', '--seed', '2']);
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    scenario: { name: 'azure-chat' },
    traffic: { seed: 2, untilUs: 720e6, entries: [{ tenant: 'chat' }] },
  });
});

test('scenario show tells how the gateway is run and what happens to the fleet', async () => {
  const path = join(temporaryFolder(), 'small.yaml');
  const source = new URL('../../scenarios/library/crash-recover.yaml', import.meta.url);
  const gateway = 'gateway: { retries: {}, health: { active: {} } }\n';
  writeFileSync(path, `${readFileSync(source, 'utf8')}${gateway}`);
  const { stdout } = await runFairlead(['scenario', 'show', path]);
  expect(stdout).toMatch(
    /^ {2}retries: \{ most: 2, backoff: 25ms, maxBackoff: 250ms, budget: 0.2/m,
  );
  expect(stdout).toMatch(/^ {2}health: \{ .*active: \{ every: 5s, timeout: 2s/m);
  expect(stdout).toMatch(/^ {2}signals: \{ every: 200ms/m);
  expect(stdout).toMatch(/^Events\n {2}\{ kind: crash, /m);
});

test('strategy show lists the options with their defaults', async () => {
  const { stdout } = await runFairlead(['strategy', 'show', 'least-tokens', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    options: [{ name: 'tokensPerRequest', default: '1000' }],
  });
});

test('strategy show tells choices, ranges, parts, what is needed and how to write it', async () => {
  const { stdout } = await runFairlead(['strategy', 'show', 'weighted-scorers']);
  expect(stdout).toContain('It is told: the prompts, what replicas report in `/metrics`.');
  expect(stdout).toContain('Values: max-score, weighted, random.');
  expect(stdout).toContain('Values: a number from 0 to 86400.');
  expect(stdout).toMatch(/^ +prefix +Much of the same prompt sent there before\.$/m);
});

test('what strategy show says of writing options can be written', async () => {
  for (const name of ['bounded-hash', 'least-tokens', 'priority-tiers', 'weighted-scorers']) {
    const { stdout } = await runFairlead(['strategy', 'show', name]);
    const [, argument] = /On the command line: -s '?(.+?)'?$/m.exec(stdout)!;
    const [, inFile] = /In a scenario: +(.+)$/m.exec(stdout)!;
    const [choice] = strategyChoice(argument!);
    const { strategies: listed } = parse(inFile!) as { strategies: object[] };
    expect(listed).toEqual([{ name, ...choice!.options }]);
  }
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
