import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, FairleadError } from '../core/errors.ts';
import type { ReplicaProcessMessage } from './replica-process.ts';
import type { EmulationOptions } from './start-replicas.ts';

export interface RunningProcesses {
  readonly urls: readonly string[];
  stop(): Promise<void>;
  /** As a machine that fails: by SIGKILL, so that nobody gets to say goodbye. */
  kill(): Promise<void>;
}

/** Starts emulated replicas in several processes, which have nothing in common but the machine. */
export async function startProcesses(
  options: EmulationOptions,
  processes: number,
): Promise<RunningProcesses> {
  const { onLate, ...rest } = options;
  const { port = 0, replicas } = options;
  const shares = shareOut(replicas.length, processes);
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.map(endOf));
  };
  const kill = async () => {
    for (const child of children) child.kill('SIGKILL');
    await stop();
  };
  const started = shares.map(({ count, first }) => {
    const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.push(child);
    const own = { replicas: replicas.slice(first, first + count), port: port && port + first };
    child.send({ ...rest, ...own });
    return urlsOf(child, options);
  });
  try {
    return { urls: (await Promise.all(started)).flat(), stop, kill };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Compiled, which the sources are not when tests run them. */
const program = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts')
      ? '../dist/emulator/replica-process.js'
      : './replica-process.js',
    import.meta.url,
  ),
);

function urlsOf(child: ChildProcess, { onLate }: EmulationOptions): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: ReplicaProcessMessage) => {
      if (message.kind === 'late') onLate?.(message.window);
      else if (message.kind === 'started') resolve(message.urls);
      else reject(new FairleadError(message.code as ErrorCode, message.message));
    });
    child.once('exit', (code) => reject(new Error(`a process of replicas ended with ${code}`)));
  });
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    if (child.connected) child.disconnect();
  });
}

/** As evenly as it goes, in order. */
function shareOut(replicas: number, processes: number): { first: number; count: number }[] {
  const shares = Math.min(replicas, processes);
  return Array.from({ length: shares }, (_, index) => {
    const first = Math.floor((index * replicas) / shares);
    return { first, count: Math.floor(((index + 1) * replicas) / shares) - first };
  });
}
