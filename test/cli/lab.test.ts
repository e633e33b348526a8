import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { livingIn } from '../support/process-group.ts';
import { program, runFairlead } from '../support/run-fairlead.ts';

test('spread counts as replicas do, for a strategy that draws', async () => {
  const args = ['lab', 'spread', '--strategy', 'random', '--json'];
  const { code, stderr, stdout } = await runFairlead(args);
  expect(code).toBe(0);
  expect(stderr).toContain('20 requests at once');
  const { figures, ...rest } = JSON.parse(stdout);
  expect(rest).toMatchObject({ lab: 'spread', holds: true });
  expect(figures).toMatchObject({ strategy: 'random', requests: 20, answered: 20 });
  expect(figures.byHeader[0] + figures.byHeader[1]).toBe(20);
  expect(figures.byMetrics).toEqual(figures.byHeader);
});

test('who comes again when Retry-After is over is served', async () => {
  const { code, stdout } = await runFairlead([
    'lab',
    'rate-limit',
    '--window',
    '6s',
    '--wait',
    '--json',
  ]);
  const { figures, holds } = JSON.parse(stdout);
  expect(figures).toMatchObject({ most: 10, windowS: 6, again: 200 });
  expect(figures.free).toEqual([...Array(10).fill(200), 429]);
  expect(figures.paid).toEqual(Array(11).fill(200));
  expect([code, holds]).toEqual([0, true]);
});

test('Ctrl-C ends a lab with all its processes', async () => {
  const child = spawn(process.execPath, [program, 'lab', 'failover'], { detached: true });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(livingIn(child.pid!)).toHaveLength(3);
  // As a terminal does, which tells all of them.
  process.kill(-child.pid!, 'SIGINT');
  expect(await exited).toBe(130);
  await expect.poll(() => livingIn(child.pid!)).toEqual([]);
});

test.each([
  [['spread', '--strategy', 'nosuch'], /there is no strategy "nosuch"/],
  [['spread', '--strategy', 'precise-prefix'], /needs KV events/],
  [['rate-limit', '--window', '10'], /Write a time, such as 30s/],
  [['rate-limit', '--window', '1ms'], /Write a longer --window than 1ms/],
  [['failover', '--budget', '2'], /from 0 to 1/],
  [['faillover'], /faillover/],
])('%j is told as a mistake', async (args, message) => {
  const { code, stderr, stdout } = await runFairlead(['lab', ...args, '--json']);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([64, '']);
  expect(stderr).not.toMatch(/^ {4}at /m);
});
