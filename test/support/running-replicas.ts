import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './run-fairlead.ts';

export interface RunningCommand {
  readonly urls: readonly string[];
  /** All of it, once it has ended. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Ends it as Ctrl-C does, and gives its exit code. */
  interrupt(): Promise<number | null>;
}

/** `fairlead replica` with these arguments, once it says where it serves. */
export function startReplicaCommand(args: readonly string[]): Promise<RunningCommand> {
  const program = join(repository, 'bin/fairlead.js');
  const child = spawn(process.execPath, [program, 'replica', ...args], { cwd: repository });
  const output = { stdout: '', stderr: '' };
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
      check();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
      check();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output.stderr}`)));
    const check = () => {
      const text = args.includes('--json') ? output.stdout : output.stderr;
      if (!text.endsWith(args.includes('--json') ? '\n}\n' : '\n')) return;
      resolve({
        urls: [...text.matchAll(/http:[^"\s]+/g)].map(([url]) => url),
        stdout: () => output.stdout,
        stderr: () => output.stderr,
        interrupt: () => endOf(child),
      });
    };
  });
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGINT');
  });
}
