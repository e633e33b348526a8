import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const program = fileURLToPath(new URL('../../bin/fairlead.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Beside those of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** Sends SIGINT once it holds. */
  readonly interruptWhen?: () => boolean;
  /** On its standard input. */
  readonly input?: string;
}

/** Runs the built command line as a user would, in a process of its own. */
export function runFairlead(
  args: readonly string[],
  { cwd = repository, env = {}, input = '', interruptWhen }: RunOptions = {},
): Promise<Finished> {
  if (!existsSync(new URL('../../dist/bundle/fairlead.js', import.meta.url))) {
    throw new Error('not built: "npm test" builds before it runs the tests');
  }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd,
      // A test runs what it asks for, whatever others have left.
      env: { ...process.env, FAIRLEAD_STORE: '', ...env },
    });
    child.stdin.on('error', () => {}).end(input);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    const watch = setInterval(() => {
      if (interruptWhen?.() !== true) return;
      clearInterval(watch);
      child.kill('SIGINT');
    }, 20);
    child.on('error', reject).on('close', (code) => {
      clearInterval(watch);
      resolve({ code, ...output });
    });
  });
}
