import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { program, runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';
import { startRawServer, statsOf } from './support/raw-server.ts';
import { scriptedServer } from './support/scripted-server.ts';

const scenario = JSON.stringify({
  name: 'even',
  summary: 'Even traffic.',
  model: 'Llama-3.1-8B',
  fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas: 1 }],
  traffic: [
    {
      arrivals: { kind: 'constant', rate: 50 },
      input: { kind: 'constant', tokens: 64 },
      output: { kind: 'constant', tokens: 4 },
    },
  ],
  slo: ['ttft.p99 < 2s'],
  warmup: '1s',
  duration: '60s',
});

function folder(): string {
  return folderWith({ 'even.json': scenario });
}

test('it prints one document, keeps records and writes the files of other tools', async () => {
  const url = await startRawServer({ firstMs: 20, gapMs: 5 });
  const cwd = folder();
  const { code, stderr, stdout } = await runFairlead(
    ['load', 'even.json', '--url', url, '--duration', '2s', '--out', 'out', '--records', 'csv']
      .concat(['--json', '--export', 'vllm-bench=v.json', '--export', 'guidellm=g.json'])
      .concat(['--export', 'aiperf=a.jsonl']),
    { cwd },
  );
  const comparison = JSON.parse(stdout);
  // A busy machine may make the run invalid, and then it says so.
  const isInvalid = comparison.warnings.some((text: string) => text.startsWith('INVALID'));
  expect(code, stderr).toBe(isInvalid ? 3 : 0);
  expect(comparison).toMatchObject({ kind: 'comparison', meta: { simulated: false } });
  expect(comparison.live).toMatchObject({ url, isValid: !isInvalid, isInterrupted: false });
  expect(comparison.live).toMatchObject({ timeScale: 1 });
  expect(comparison.strategies[0].outcomes).toMatchObject({ counted: 100, ok: 100 });
  expect(readFileSync(join(cwd, 'out/report.html'), 'utf8')).toContain('<li>measured</li>');
  expect(readFileSync(join(cwd, 'out/records.csv'), 'utf8').split('\n').length).toBeGreaterThan(
    149,
  );
  expect(JSON.parse(readFileSync(join(cwd, 'v.json'), 'utf8'))).toMatchObject({ completed: 100 });
  expect(JSON.parse(readFileSync(join(cwd, 'g.json'), 'utf8')).benchmarks).toHaveLength(1);
  expect(readFileSync(join(cwd, 'a.jsonl'), 'utf8').trim().split('\n')).toHaveLength(100);
});

test('it ends after so many requests, and says that it was asked to', async () => {
  const url = await startRawServer({ firstMs: 5, gapMs: 1 });
  const args = ['load', 'even.json', '--url', url, '--requests', '90', '--time-scale', '2'];
  const { stdout } = await runFairlead([...args, '--json'], { cwd: folder() });
  expect(JSON.parse(stdout).live).toMatchObject({ sent: 90, mostRequests: 90, timeScale: 2 });
});

test('Ctrl-C keeps what was measured and says that it was interrupted', async () => {
  const url = await startRawServer({ firstMs: 5, gapMs: 1 });
  const cwd = folder();
  const args = [program, 'load', 'even.json', '--url', url, '--out', 'out', '--json'];
  const child = spawn(process.execPath, args, { cwd });
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  const code = new Promise((resolve) => child.on('close', resolve));
  await vi.waitFor(async () => expect((await statsOf(url)).requests.length).toBeGreaterThan(80), {
    timeout: 30_000,
  });
  child.kill('SIGINT');
  expect([130, 3]).toContain(await code);
  const { strategies, warnings } = JSON.parse(stdout);
  expect(strategies[0].outcomes.counted).toBeGreaterThan(10);
  expect(warnings.join()).toContain('Interrupted: only');
  expect(existsSync(join(cwd, 'out/records.ndjson'))).toBe(true);
});

test('Ctrl-C before the first request says just that', async () => {
  const url = await startRawServer({ firstMs: 5 });
  const slow = scenario.replace('"rate":50', '"rate":0.01');
  const cwd = folderWith({ 'even.json': slow });
  const child = spawn(process.execPath, [program, 'load', 'even.json', '--url', url], { cwd });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  child.stdout.on('data', (text) => {
    said += text;
  });
  const code = new Promise((resolve) => child.on('close', resolve));
  // The short request that is sent to see whether the server is one.
  await vi.waitFor(async () => expect((await statsOf(url)).requests.length).toBe(1), {
    timeout: 30_000,
  });
  await vi.waitFor(async () => expect((await statsOf(url)).chunks).toBe(1));
  child.kill('SIGINT');
  expect(await code).toBe(130);
  expect(said).toContain('Stopped before the first request was sent');
});

test('a generator that lags says that its run is invalid', async () => {
  const url = await startRawServer({ firstMs: 5, gapMs: 1 });
  const block =
    'setInterval(() => { const end = performance.now() + 40; while (performance.now() < end); }, 50).unref();';
  const cwd = folderWith({ 'even.json': scenario, 'block.mjs': block });
  const { code, stdout } = await runFairlead(
    ['load', 'even.json', '--url', url, '--duration', '2s', '--out', 'out'],
    { cwd, env: { NODE_OPTIONS: `--import=file://${cwd}/block.mjs` } },
  );
  expect(code).toBe(3);
  expect(stdout).toContain('INVALID: The load generator fell behind its schedule');
});

test('what is wrong with the server is told before the run', async () => {
  const page = await scriptedServer(() => {});
  const refuse = (status: string, body: string) => async () => {
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) =>
      response.writeHead(Number(status)).end(body),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  };
  const cwd = folder();
  const tell = async (url: string, ...more: string[]) =>
    runFairlead(['load', 'even.json', '--url', url, ...more], { cwd });
  const dead = await tell(page.url.replace(/\d+$/, '1'));
  expect(dead).toMatchObject({ code: 64 });
  expect(dead.stderr).toContain('[TARGET_UNREACHABLE]');
  for (const [status, body, code] of [
    ['401', '{}', 'TARGET_UNAUTHORIZED'],
    ['200', '<html>', 'TARGET_NOT_OPENAI'],
    ['200', '{"data":[{"id":"llama"}]}', 'TARGET_MODEL_UNKNOWN'],
  ] as const) {
    const server = await refuse(status, body)();
    const { port } = server.address() as { port: number };
    const { code: exit, stderr } = await tell(`http://127.0.0.1:${port}`, '--model', 'lama');
    server.close();
    expect(exit).toBe(64);
    expect(stderr).toContain(`[${code}]`);
  }
  expect((await tell('ftp://nowhere')).stderr).toContain('[USAGE]');
});

test.each([
  [['--out', '/dev/null'], /OUTPUT_NOT_WRITABLE/],
  [['--out', 'out', '--export', 'aiperf=/proc/nowhere/a.json'], /OUTPUT_NOT_WRITABLE/],
  [['--tenant-key', 'chatt=k'], /has no such tenant. Known: default/],
])('%j is told before the first request', async (more, message) => {
  const url = await startRawServer({ firstMs: 5 });
  const args = ['load', 'even.json', '--url', url, ...more];
  const { code, stderr } = await runFairlead(args, { cwd: folder() });
  expect(stderr).toMatch(message);
  expect(code).toBe(64);
  expect((await statsOf(url)).requests).toEqual([]);
});

test('an address without http is told with it', async () => {
  const args = ['load', 'even.json', '--url', 'localhost:8000'];
  const { stderr } = await runFairlead(args, { cwd: folder() });
  expect(stderr).toContain('Write it as http://localhost:8000.');
});
