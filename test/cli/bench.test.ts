import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Comparison, comparisonSchema } from '../../reports/summary.ts';
import { markedEnvironment, markedProcesses } from '../support/marked-processes.ts';
import { testWith } from '../support/programs.ts';
import { program, runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

const scenario = JSON.stringify({
  name: 'even',
  summary: 'Even traffic.',
  model: 'Llama-3.1-8B',
  fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas: 2 }],
  traffic: [
    {
      tenant: 'chat',
      arrivals: { kind: 'constant', rate: 60 },
      input: { kind: 'constant', tokens: 64 },
      output: { kind: 'constant', tokens: 6 },
    },
  ],
  slo: ['ttft.p99 < 5s'],
});

function folder(): string {
  return folderWith({ 'even.json': scenario });
}

const short = ['--duration', '2s', '--warmup', '500ms', '--out', 'out'];

/** Runs it to its end, after which nothing that it started may be there. */
async function bench(args: readonly string[], cwd = folder()) {
  const mark = basename(cwd);
  const env = markedEnvironment(mark);
  const finished = await runFairlead(['bench', 'even.json', ...short, '--json', ...args], {
    cwd,
    env,
  });
  expect(markedProcesses(mark)).toEqual([]);
  return { ...finished, cwd };
}

/** A busy machine may make a run invalid, or figures disagree; the exit code has to say just that. */
function codeFor({ agreement, liveRuns = [], verdict }: Comparison): number {
  const isInvalid = liveRuns.some(({ invalid }) => invalid.length > 0);
  if (isInvalid || verdict.kind === 'saturated') return 3;
  return agreement!.ok ? 0 : 1;
}

test('strategies are measured and simulated on the same requests, and decide again as recorded', async () => {
  const args = ['-s', 'round-robin', '-s', 'predicted-finish', '--repetitions', '1', '--record'];
  const { code, cwd, stderr, stdout } = await bench(args);
  const comparison = JSON.parse(stdout) as Comparison;
  comparisonSchema.parse(comparison);
  expect(code, stderr).toBe(codeFor(comparison));
  expect(comparison.meta).toMatchObject({ simulated: false, seeds: [1] });
  expect(comparison.scenario.fleet).toMatchObject([{ name: 'r', replicas: 2 }]);
  for (const { outcomes, replicas } of comparison.strategies) {
    expect(outcomes).toMatchObject({ counted: 120, ok: 120 });
    expect(replicas.map(({ replica }) => replica)).toEqual(['r-1', 'r-2']);
  }
  const { strategies } = comparison.agreement!;
  expect(strategies.map(({ name }) => name)).toEqual(['round-robin', 'predicted-finish']);
  for (const { figures, measuredRuns, simulatedRuns } of strategies) {
    expect([measuredRuns, simulatedRuns]).toEqual([1, 1]);
    expect(figures.ttftP50Ms.simulated!.mean).toBeGreaterThan(10);
    expect(figures.ttftP50Ms.measured!.mean).toBeGreaterThan(10);
  }
  for (const { decisions, emulatorLagP99Ms } of comparison.liveRuns!) {
    expect(decisions!.picks).toBeGreaterThan(150);
    expect(decisions!.differing).toBe(0);
    expect(emulatorLagP99Ms).toBeGreaterThan(0);
  }
  const report = readFileSync(join(cwd, 'out/report.html'), 'utf8');
  for (const title of ['Simulated against measured', 'Live runs']) expect(report).toContain(title);
  expect(existsSync(join(cwd, 'out/live/1-round-robin-seed1/records.ndjson'))).toBe(true);
  expect(stderr).toMatch(/^run 2 of 2, predicted-finish, seed 1: 120 requests/m);
});

testWith('nginx')('a balancer takes the place of the proxy', async () => {
  const args = ['-s', 'least-requests', '--via', 'nginx', '--repetitions', '1', '--seed', '7'];
  const { code, stderr, stdout } = await bench([
    ...args,
    '--transport',
    'raw',
    '--time-scale',
    '2',
  ]);
  const comparison = JSON.parse(stdout) as Comparison;
  expect(code, stderr).toBe(codeFor(comparison));
  expect(comparison.agreement!.strategies).toMatchObject([
    { name: 'least-requests', simulatedAs: 'least-requests' },
    { name: 'nginx:least_conn', simulatedAs: 'nginx-least-conn' },
  ]);
  for (const { outcomes } of comparison.strategies) expect(outcomes).toMatchObject({ ok: 120 });
  expect(comparison.warnings.join()).toContain('Played 2 times as fast');
});

function startBench(args: readonly string[], env: Readonly<Record<string, string>>) {
  const cwd = folder();
  const child = spawn(process.execPath, [program, 'bench', 'even.json', ...args], {
    cwd,
    env: { ...process.env, ...env },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, cwd, said, ended };
}

const patiently = { timeout: 40_000, interval: 20 };
const hasProxy = (mark: string) => markedProcesses(mark).some((line) => / proxy /.test(line));

test('Ctrl-C keeps the runs that are complete', async () => {
  const mark = 'interrupted-bench';
  const args = ['-s', 'round-robin', '-s', 'random', '--repetitions', '1', '--json', ...short];
  const { child, ended, said } = startBench(args, markedEnvironment(mark));
  await expect.poll(() => said.stderr, patiently).toMatch(/^run 1 of 2, round-robin/m);
  await expect.poll(() => hasProxy(mark), patiently).toBe(true);
  child.kill('SIGINT');
  const code = await ended;
  const comparison = JSON.parse(said.stdout) as Comparison;
  expect(comparison.strategies.map(({ name }) => name)).toEqual(['round-robin']);
  expect(code).toBe(codeFor(comparison) === 3 ? 3 : 130);
  expect(markedProcesses(mark)).toEqual([]);
});

test('Ctrl-C in the first run leaves no result, and nothing behind', async () => {
  const mark = 'stopped-bench';
  const { child, ended, said } = startBench(['-s', 'random'], markedEnvironment(mark));
  await expect.poll(() => hasProxy(mark), patiently).toBe(true);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(said.stderr).toContain('Stopped before the first run was complete');
  expect(markedProcesses(mark)).toEqual([]);
});

test('all that was started ends, even when it is killed', async () => {
  const mark = 'killed-bench';
  const args = ['-s', 'random', '--record', '--out', 'out'];
  const { child, cwd, ended } = startBench(args, markedEnvironment(mark));
  // While it starts, a proxy would end by itself, for it has nobody to tell of its ports.
  const decisions = join(cwd, 'out/live/1-random-seed1/decisions.ndjson');
  const size = () => statSync(decisions, { throwIfNoEntry: false })?.size ?? 0;
  await expect.poll(size, patiently).toBeGreaterThan(10_000);
  child.kill('SIGKILL');
  await ended;
  await expect.poll(() => markedProcesses(mark), patiently).toEqual([]);
});

test('what cannot be measured is told at once', async () => {
  const cwd = folder();
  const tell = (...args: string[]) => runFairlead(['bench', 'even.json', ...args], { cwd });
  for (const [args, message] of [
    [['-s', 'precise-prefix'], /precise-prefix: it needs KV events.*\[USAGE\]/],
    [['--replicas', 'http://127.0.0.1:9'], /2 replicas \(r-1, r-2\), and --replicas names 1/],
    [['--via', 'ngnix'], /no balancer "ngnix".*nginx.*\[USAGE\]/],
    [['--via', 'nginx:least_con'], /no policy "least_con".*least_conn.*\[EXPORT_UNSUPPORTED\]/],
    [['--duration', '5'], /Write a time, such as 30s/],
    [
      ['--replicas', 'http://127.0.0.1:9,http://127.0.0.1:10'],
      /http:..127.0.0.1:\d+: no server.*r-[12].*\[TARGET_UNREACHABLE\]/,
    ],
  ] as const) {
    const { code, stderr } = await tell(...args);
    expect([code, stderr]).toEqual([64, expect.stringMatching(message)]);
  }
});
