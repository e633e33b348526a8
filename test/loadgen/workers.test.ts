import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { expect, test, vi } from 'vitest';
import { readNdjson } from '../../core/formats/ndjson.ts';
import { program, runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';
import { startRawServer, statsOf } from './support/raw-server.ts';

const scenario = JSON.stringify({
  name: 'mixed',
  summary: 'Traffic of all lengths.',
  model: 'Llama-3.1-8B',
  fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas: 1 }],
  traffic: [
    {
      arrivals: { kind: 'poisson', rate: 60 },
      input: { kind: 'uniform', min: 8, max: 200 },
      output: { kind: 'uniform', min: 2, max: 20 },
    },
  ],
  warmup: '1s',
  duration: '3s',
});

test('threads send what one would, and their records are those of one run', async () => {
  const url = await startRawServer({ firstMs: 20, gapMs: 5 });
  const cwd = folderWith({ 'mixed.json': scenario });
  const runs = [];
  for (const workers of ['1', '2', '3']) {
    const before = (await statsOf(url)).requests.length;
    const args = ['load', 'mixed.json', '--url', url, '--workers', workers, '--out', workers];
    const { code, stderr, stdout } = await runFairlead([...args, '--json'], { cwd });
    expect([0, 3], stderr).toContain(code);
    const log = readNdjson(readFileSync(join(cwd, workers, 'records.ndjson'), 'utf8'));
    const wire = (await statsOf(url)).requests.slice(before + 1);
    runs.push({ summary: JSON.parse(stdout), log, wire });
  }
  const [one, ...others] = runs as [(typeof runs)[number], ...typeof runs];
  for (const { log, summary, wire } of others) {
    expect(recordsOf(log)).toEqual(recordsOf(one.log));
    expect(log.numbers('endUs')).toEqual(log.numbers('endUs').sort());
    // The server saw all of it. Traffic goes on behind the window, and not always equally long.
    expect(missing(lengthsOf(log), wire)).toEqual([]);
    expect(Math.abs(wire.length - one.wire.length)).toBeLessThan(30);
    expect(summary.strategies[0].outcomes).toEqual(one.summary.strategies[0].outcomes);
    const slower = medianUs(log) / medianUs(one.log);
    expect(slower).toBeGreaterThan(0.5);
    expect(slower).toBeLessThan(2);
  }
});

test('Ctrl-C reaches all threads, and what they have is kept', async () => {
  const url = await startRawServer({ firstMs: 5, gapMs: 1 });
  const cwd = folderWith({ 'mixed.json': scenario.replace('"3s"', '"60s"') });
  const args = [program, 'load', 'mixed.json', '--url', url, '--workers', '2', '--out', 'out'];
  const child = spawn(process.execPath, [...args, '--json'], { cwd });
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  const code = new Promise((resolve) => child.on('close', resolve));
  await vi.waitFor(async () => expect((await statsOf(url)).requests.length).toBeGreaterThan(120), {
    timeout: 30_000,
  });
  child.kill('SIGINT');
  expect([130, 3]).toContain(await code);
  const { live, strategies, warnings } = JSON.parse(stdout);
  expect(strategies[0].outcomes.counted).toBeGreaterThan(10);
  expect(live.isInterrupted).toBe(true);
  expect(warnings.join()).toContain('Interrupted: only');
});

type Log = ReturnType<typeof readNdjson>;

function recordsOf(log: Log) {
  return [...log.rows()]
    .map(({ id, inputTokens, intendedUs, outcome, outputTokens }) => {
      return [id, intendedUs, inputTokens, outputTokens, outcome] as const;
    })
    .sort(([a], [b]) => a - b);
}

/** From the time at which it was due to its end. */
function medianUs(log: Log): number {
  return median([...log.rows()].map(({ endUs, intendedUs }) => endUs - intendedUs));
}

function lengthsOf(log: Log): string[] {
  return [...log.rows()].map(({ inputTokens, outputTokens }) => `${inputTokens}+${outputTokens}`);
}

/** What of these the server has not seen, each as often as it occurs. */
function missing(lengths: readonly string[], wire: readonly (readonly number[])[]): string[] {
  const seen = wire.map(([, prompt, tokens]) => `${prompt}+${tokens}`);
  return lengths.filter((length) => {
    const at = seen.indexOf(length);
    if (at >= 0) seen.splice(at, 1);
    return at < 0;
  });
}
