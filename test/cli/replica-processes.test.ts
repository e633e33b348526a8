import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { repository } from '../support/run-fairlead.ts';

let command: ChildProcess | undefined;
let stderr = '';

afterEach(() => {
  command?.kill('SIGKILL');
});

function start(): ChildProcess {
  const program = join(repository, 'bin/fairlead.js');
  const args = [program, 'replica', '--count', '2', '--processes', '2', '--port', '0'];
  command = spawn(process.execPath, args, { cwd: repository });
  stderr = '';
  command.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return command;
}

function childrenOf({ pid }: ChildProcess): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const patiently = { timeout: 15_000 };

test('the command ends with a reason when one of its processes dies', async () => {
  const running = start();
  await expect.poll(() => stderr, patiently).toMatch(/replica-2: http/);
  const [first, second] = childrenOf(running) as [number, number];
  process.kill(first, 'SIGKILL');
  expect((await once(running, 'exit'))[0]).toBe(64);
  expect(stderr).toMatch(new RegExp(`process ${first}.*ended with SIGKILL.*PROGRAM_FAILED`, 's'));
  expect(isAlive(second)).toBe(false);
});

test('processes end when who has started them dies before they serve', async () => {
  const running = start();
  await expect.poll(() => childrenOf(running).length, patiently).toBe(2);
  const children = childrenOf(running);
  expect(stderr).toBe('');
  running.kill('SIGKILL');
  await expect.poll(() => children.filter(isAlive), patiently).toEqual([]);
});
