import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { baselineSchema } from '../../reports/gate/baseline.ts';
import { commentMarker } from '../../reports/gate/markdown.ts';
import { gateSchema } from '../../reports/gate/result.ts';
import { smallComparison } from '../support/comparisons.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const steady = `
name: steady
summary: Two small engines, for a gate.
model: Llama-3.1-8B
fleet:
  - { name: a100, gpu: A100-80GB-SXM, replicas: 2 }
traffic:
  - tenant: chat
    arrivals: { kind: poisson, rate: 10 }
    input: { kind: log-normal, mean: 300, sd: 200 }
    output: { kind: log-normal, mean: 60, sd: 40 }
warmup: 5s
duration: 1m
slo: [ttft.p99 < 5s]
strategies: [random, least-requests]
`;

/** A folder with the scenario and, after the first call, its baseline. */
function place(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'steady.yaml'), steady);
  return cwd;
}

const gate = ['gate', 'steady.yaml', '--baseline', 'baseline.json', '--out', 'out'];
const update = [...gate, '--update-baseline', '--max-seeds', '8'];

test('a baseline, the same again, a slower replica, and other traffic', async () => {
  const cwd = place();
  const run = (...args: string[]) => runFairlead(args, { cwd });

  // Nobody has said which of the two strategies is deployed.
  const unsaid = await run(...update);
  expect([unsaid.code, unsaid.stdout]).toEqual([64, '']);
  expect(unsaid.stderr).toContain('Say with --strategy which of them you deploy');

  const made = await run(...update, '-s', 'least-requests');
  expect(made.code, made.stderr).toBe(0);
  expect(made.stderr).toContain('Simulating 8 seeds of steady for the baseline.');
  expect(made.stdout).toContain('steady: least-requests, 8 seeds, new');
  const written = readFileSync(join(cwd, 'baseline.json'), 'utf8');
  expect(Object.keys(baselineSchema.parse(JSON.parse(written)).scenarios)).toEqual(['steady']);

  const again = await run(...gate);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).toContain('pass: steady: bit-identical in all 8 seeds');

  const slow = 'events: [{ kind: slow, at: 0s, replicas: [a100-2], factor: 1.2, for: 1h }]\n';
  writeFileSync(join(cwd, 'steady.yaml'), `${steady}${slow}`);
  const summary = join(cwd, 'summary.md');
  const worse = await runFairlead([...gate, '--markdown', '--junit', 'gate.xml'], {
    cwd,
    env: { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: 'true' },
  });
  expect(worse.code, worse.stderr).toBe(1);
  expect(worse.stdout.startsWith(commentMarker)).toBe(true);
  expect(worse.stdout).toContain('TPOT p50 of a100-2');
  expect(readFileSync(summary, 'utf8')).toContain('TPOT p50 of a100-2');
  expect(readFileSync(join(cwd, 'gate.xml'), 'utf8')).toContain('<failure ');
  expect(worse.stderr).toMatch(/^::error title=fairlead gate::steady: TPOT p50 of a100-2 .*%25/m);
  const kept = gateSchema.parse(JSON.parse(readFileSync(join(cwd, 'out/gate.json'), 'utf8')));
  expect(readFileSync(join(cwd, 'out/report.html'), 'utf8')).toContain('TPOT p50 of a100-2');
  expect(kept.verdict.sentence).not.toContain('of a100-1');

  // Wanted as it is now: only what has changed is told, and then it is the same again.
  const wanted = await run(...update);
  expect(wanted.stdout).toMatch(/steady: least-requests, 8 seeds\n +runs that differ: 8 of 8/);

  writeFileSync(join(cwd, 'steady.yaml'), steady.replace('name: steady', 'name: unknown'));
  const unknown = await run(...gate);
  expect([unknown.code, unknown.stdout]).toEqual([3, expect.stringContaining('does not know it')]);

  writeFileSync(join(cwd, 'steady.yaml'), steady.replace('rate: 10', 'rate: 11'));
  const other = await run(...gate, '--json');
  expect(other.code).toBe(3);
  expect(gateSchema.parse(JSON.parse(other.stdout)).verdict.advice).toContain('--update-baseline');
});

test('two seeds under another strategy leave it open', async () => {
  const cwd = place();
  const few = ['--seeds', '2', '--metric', 'ttftP99'];
  await runFairlead([...gate, '--update-baseline', '--seeds', '2', '-s', 'least-requests'], {
    cwd,
  });
  const { code, stdout } = await runFairlead([...gate, ...few, '-s', 'power-of-two'], { cwd });
  expect(code, stdout).toBe(2);
  expect(stdout).toContain('least-requests → power-of-two');
});

test.each([
  [['gate', 'steady.yaml', '--baseline', 'missing.json'], 'missing.json: there is no such file'],
  [['gate', 'steady.yaml'], '--baseline <file> is missing'],
  [['gate', 'steady.yaml', '--baseline', 'steady.yaml'], 'could not be read as JSON'],
  [[...gate, '--tolerance', 'much'], 'Write ttftP99=3%'],
  [['gate', '--base-run', 'a', '--head-run', 'b'], '--noise-run is missing'],
  [[...gate, '--base-run', 'a'], 'Leave one or the other out'],
])('%j is told what is wrong with it', async (args, said) => {
  const { code, stderr, stdout } = await runFairlead(args, { cwd: place() });
  expect([code, stdout]).toEqual([64, '']);
  expect(stderr).toContain(said);
});

test('folders of live runs are held against one another', async () => {
  const cwd = temporaryFolder();
  const { meta, ...rest } = await smallComparison({ strategies: ['least-requests'], seeds: 3 });
  const live = { ...rest, meta: { ...meta, simulated: false } };
  for (const name of ['a', 'b', 'c']) {
    writeFileSync(join(cwd, `${name}.json`), JSON.stringify(live));
  }
  const runs = ['--base-run', 'a.json', '--head-run', 'b.json', '--noise-run', 'c.json'];
  const { code, stderr, stdout } = await runFairlead(['gate', ...runs, '-o', 'out'], { cwd });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('3 repetitions');
});
