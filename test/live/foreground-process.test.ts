import { expect, onTestFinished, test } from 'vitest';
import { usualSetting } from '../../deploy/balancer.ts';
import { balancers } from '../../deploy/registry.ts';
import { startBalancer } from '../../experiments/live/balancer-process.ts';
import { ForegroundProcess } from '../../experiments/live/foreground-process.ts';
import { startUpstream } from '../proxy/support/upstream.ts';
import { livingIn } from '../support/process-group.ts';
import { testWith } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function shell(script: string): ForegroundProcess {
  const child = new ForegroundProcess({
    program: 'bash',
    arguments: ['-c', script],
    cwd: temporaryFolder(),
    env: process.env,
  });
  onTestFinished(() => child.stop());
  return child;
}

async function says(child: ForegroundProcess, text: string): Promise<void> {
  await expect.poll(() => child.said, { timeout: 10_000, interval: 5 }).toContain(text);
}

async function nobodyIn(group: number): Promise<void> {
  await expect.poll(() => livingIn(group), { timeout: 10_000, interval: 5 }).toEqual([]);
}

test('who does not want to end is ended, with all that it has started', async () => {
  const child = shell(
    'trap "" TERM; (trap "" TERM; sleep 1000) & echo ready >&2; wait; sleep 1000',
  );
  await says(child, 'ready');
  await child.stop(50);
  expect(child.ending).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  await nobodyIn(child.pid!);
});

test('workers of one that has gone by itself are ended too', async () => {
  const child = shell('sleep 1000 & echo ready >&2');
  await child.ended;
  expect(child.ending).toEqual({ kind: 'exit', code: 0 });
  await nobodyIn(child.pid!);
});

const nginx = balancers.find(({ name }) => name === 'nginx')!;
const replicas = [{ name: 'r', url: new URL('http://127.0.0.1:9'), weight: 1 }];
const options = { ...usualSetting, replicas, policy: 'least_conn', threads: 1 };

test('a program that is not installed is named with its package', async () => {
  const absent = { ...nginx, program: { ...nginx.program, name: 'nginx-that-is-not-there' } };
  await expect(startBalancer(absent, options)).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
    message: expect.stringContaining('apt-get install nginx') as string,
  });
});

test('where somebody listens already, nothing is started', async () => {
  const taken = await startUpstream(() => {});
  onTestFinished(() => taken.close());
  const listen = { host: '127.0.0.1', port: Number(new URL(taken.url).port) };
  await expect(startBalancer(nginx, { ...options, listen })).rejects.toMatchObject({
    code: 'PROGRAM_FAILED',
    message: expect.stringContaining('listens at 127.0.0.1') as string,
  });
});

testWith('nginx')('a program that refuses its configuration is quoted', async () => {
  const damaged = { ...nginx, write: () => 'nonsense;' };
  await expect(startBalancer(damaged, options)).rejects.toMatchObject({
    code: 'PROGRAM_FAILED',
    message: expect.stringContaining('unknown directive "nonsense"') as string,
  });
});

testWith('nginx')('the death of a balancer is told, but not its end', async () => {
  const killed = await startBalancer(nginx, options);
  onTestFinished(() => killed.stop());
  process.kill(killed.pid, 'SIGKILL');
  expect(await killed.died).toContain('nginx ended before its time: SIGKILL');
  await killed.stop();
  await nobodyIn(killed.pid);

  const stopped = await startBalancer(nginx, options);
  await stopped.stop();
  expect(await Promise.race([stopped.died, 'silence'])).toBe('silence');
});
