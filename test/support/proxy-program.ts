import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { type Got, startUpstream } from '../proxy/support/upstream.ts';
import { program } from './run-fairlead.ts';
import { folderWith } from './temporary-folder.ts';

export const patiently = { timeout: 40_000 };

/** One that ends with the test. */
export async function upstreamOf(answer: (got: Got) => void) {
  const upstream = await startUpstream(answer);
  onTestFinished(() => upstream.close());
  return upstream;
}

/** The program as an operator runs it, when it listens. */
export async function startProgram(
  config: string,
  env: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
) {
  const cwd = folderWith({ 'fairlead.yaml': config });
  const child = spawn(process.execPath, [program, 'proxy', 'fairlead.yaml', ...more], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const says = (what: RegExp) => expect.poll(() => output.stderr, patiently).toMatch(what);
  await says(/^clients: [\s\S]*^admin: /m);
  const url = `http://${/^clients: (\S+),/m.exec(output.stderr)![1]}`;
  return { child, cwd, exited, output, says, url };
}
