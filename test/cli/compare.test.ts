import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ladderSchema } from '../../reports/ladder.ts';
import { comparisonSchema } from '../../reports/summary.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const quick = `
name: quick
summary: Two small engines, for tests of the command line.
model: Llama-3.1-8B
fleet:
  - { name: a100, gpu: A100-80GB-SXM, replicas: 2 }
traffic:
  - arrivals: { kind: poisson, rate: 12 }
    input: { kind: log-normal, mean: 600, sd: 500 }
    output: { kind: log-normal, mean: 100, sd: 80 }
warmup: 10s
duration: 2m
slo: [ttft.p99 < 5s]
strategies: [random, round-robin, least-requests]
`;

function scenarioFile(change: (yaml: string) => string = (yaml) => yaml): string {
  const path = join(temporaryFolder(), 'quick.yaml');
  writeFileSync(path, change(quick));
  return path;
}

test('compare prints one JSON document that names a winner or a tie, with the interval', async () => {
  const out = temporaryFolder();
  const { code, stdout, stderr } = await runFairlead([
    'compare',
    scenarioFile(),
    '--seeds',
    '4',
    '--json',
    '--out',
    out,
  ]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const comparison = comparisonSchema.parse(JSON.parse(stdout));
  const { verdict } = comparison;
  expect(['winner', 'tied']).toContain(verdict.kind);
  expect(verdict.change?.interval?.low).toBeLessThanOrEqual(verdict.change!.estimate);
  expect(verdict.change?.interval?.high).toBeGreaterThanOrEqual(verdict.change!.estimate);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(verdict.sentence);
  expect(
    comparisonSchema.parse(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))),
  ).toEqual(comparison);
});

test('the same comparison gives the same bytes but for meta.run, on any number of threads', async () => {
  const file = scenarioFile();
  const runs = await Promise.all(
    ['1', '2'].map((threads) =>
      runFairlead([
        ...['compare', file, '--seeds', '3', '--json', '--threads', threads],
        ...['--out', temporaryFolder()],
      ]),
    ),
  );
  const [first, second] = runs.map(({ stdout }) => {
    const { meta, ...rest } = JSON.parse(stdout) as { meta: { run: unknown } };
    return JSON.stringify({ ...rest, meta: { ...meta, run: undefined } });
  });
  expect(first).toBe(second);
});

test('a scenario can be given by its address', async () => {
  const server = createServer((_request, response) => response.end(quick));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/quick.yaml`;
  const { code, stdout } = await runFairlead(['scenario', 'validate', url]);
  expect([code, stdout]).toEqual([0, `${url}: ok\n`]);
});

test('the answer is "no" when no strategy keeps the SLO', async () => {
  const file = scenarioFile((yaml) => yaml.replace('ttft.p99 < 5s', 'ttft.p99 < 1ms'));
  const out = temporaryFolder();
  const { code, stdout } = await runFairlead(['compare', file, '--seeds', '2', '--out', out]);
  expect(code).toBe(1);
  expect(stdout).toContain('missed ttft.p99');
});

test('a fleet that cannot keep up makes the run invalid, and nobody wins', async () => {
  const file = scenarioFile((yaml) => yaml.replace('rate: 12', 'rate: 150'));
  const out = temporaryFolder();
  const { code, stdout } = await runFairlead(['compare', file, '--seeds', '2', '--out', out]);
  expect(code).toBe(3);
  expect(stdout).toContain('No strategy keeps up with this traffic');
  expect(stdout).toContain('saturated');
});

test('Ctrl-C keeps the seeds that are complete', async () => {
  const [out, store] = [temporaryFolder(), temporaryFolder()];
  const { code, stdout, stderr } = await runFairlead(
    ['compare', scenarioFile(), '--seeds', '5000', '--json', '--out', out],
    { env: { FAIRLEAD_STORE: store }, interruptWhen: () => filesIn(store) >= 20 },
  );
  expect(stderr).toContain('Stopping; what is complete is kept');
  expect(code).toBe(0);
  const { meta, verdict } = comparisonSchema.parse(JSON.parse(stdout));
  expect(meta.seeds.length).toBeGreaterThanOrEqual(1);
  expect(meta.seeds.length).toBeLessThan(5000);
  expect(verdict.seeds).toBe(meta.seeds.length);
});

test('a strategy against itself is called by its options in table, verdict and report', async () => {
  const [file, out] = [scenarioFile(), temporaryFolder()];
  const given = ['-s', 'least-tokens', '-s', 'least-tokens:tokensPerRequest=1'];
  const other = ['-s', 'weighted-scorers:weights={queue: 1, kv: 1}'];
  const args = ['compare', file, '-n', '2', '--out', out, ...given, ...other];
  const { stdout } = await runFairlead(args);
  expect(stdout).toMatch(/^ +least-tokens {2,}\d/m);
  expect(stdout).toMatch(/^ +least-tokens:tokensPerRequest=1 {2,}\d/m);
  expect(stdout).toMatch(/^ +weighted-scorers {2,}\d/m);
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  expect(page).toContain('least-tokens:tokensPerRequest=1');
  expect(page).not.toContain('[object Object]');
});

test('seeds are added until they decide, and each time that is said', async () => {
  const out = temporaryFolder();
  const same = ['-s', 'least-requests', '-s', 'least-tokens', '--by', 'outputTokensPerS'];
  const args = ['compare', scenarioFile(), '-n', '2', '--max-seeds', '6', '--json', '-o', out];
  const { code, stderr, stdout } = await runFairlead([...args, ...same]);
  expect(code).toBe(0);
  const { meta, verdict } = comparisonSchema.parse(JSON.parse(stdout));
  expect(verdict.looks!.sizes).toEqual([2, 4, 6]);
  expect(meta.seeds).toHaveLength([2, 4, 6][verdict.looks!.taken - 1]!);
  const told = ['2 seeds do not decide; taking 4.\n', '4 seeds do not decide; taking 6.\n'];
  expect(stderr).toBe(told.slice(0, verdict.looks!.taken - 1).join(''));
});

test('the highest rate that keeps the SLO is one JSON document, and its report is kept', async () => {
  const [file, out] = [scenarioFile((yaml) => yaml.replace('5s', '1s')), temporaryFolder()];
  const args = ['compare', file, '-n', '2', '--over', 'rate=10..60', '--json', '-o', out];
  const { code, stderr, stdout } = await runFairlead(args);
  expect([stderr, code]).toEqual(['', 0]);
  const ladder = ladderSchema.parse(JSON.parse(stdout));
  expect(ladder.strategies).toHaveLength(3);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<svg');
  const again = await runFairlead(['report', out]);
  expect(again.stdout).toContain(ladder.verdict.sentence);
  expect(again.stdout).toMatch(/knee \(requests\/s\)/);
});

test.each([
  [['--over', 'load=1.1..0.4'], 'Write load=0.4..1.1 to find'],
  [['--over', 'rate=0,5'], 'Write load=0.4..1.1 to find'],
  [['--over', 'load=0.4..1.1'], '--over load: no traffic of quick has a load. Write --over rate='],
  [['--over', 'rate=5..9', '--by', 'e2eP99Ms'], '--by: beside --over the SLO'],
  [['--over', 'rate=5..9', '--shard', '1/2'], '--shard: where --over looks next'],
  [['--max-seeds', '16', '--shard', '1/2'], 'Write --seeds 16.'],
  [['--seeds', '9', '--max-seeds', '8'], 'Write a --max-seeds of 9 or more.'],
])('compare %j is refused, with what to write', async (args, advice) => {
  const { code, stderr, stdout } = await runFairlead(['compare', scenarioFile(), ...args]);
  expect([code, stdout]).toEqual([64, '']);
  expect(stderr).toContain(advice);
});

function filesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    .length;
}
