import { type ChildProcess, fork } from 'node:child_process';
import { FairleadError } from '../core/errors.ts';
import { programUrl } from '../core/package-root.ts';
import type { ReplicaProcessMessage } from './replica-process.ts';
import type { EmulationOptions } from './start-replicas.ts';

export interface RunningProcesses {
  readonly urls: readonly string[];
  stop(): Promise<void>;
  /** As a machine that fails: by SIGKILL, so that nobody gets to say goodbye. */
  kill(): Promise<void>;
}

export interface ProcessesOptions extends EmulationOptions {
  /** Told when one of them ends that nobody has stopped, once all have started. */
  readonly onExit?: (error: FairleadError) => void;
}

/** After that, one that was asked to end is killed. */
const mostEndMs = 5_000;

/** Starts emulated replicas in several processes, which have nothing in common but the machine. */
export async function startProcesses(
  options: ProcessesOptions,
  processes: number,
): Promise<RunningProcesses> {
  const { onExit, onLate, ...rest } = options;
  const { port = 0, replicas } = options;
  const shares = shareOut(replicas.length, processes);
  const children: ChildProcess[] = [];
  let isServing = false;
  const stop = async () => {
    isServing = false;
    await Promise.all(children.map(endOf));
  };
  const kill = async () => {
    isServing = false;
    for (const child of children) child.kill('SIGKILL');
    await stop();
  };
  const started = shares.map(({ count, first }) => {
    const child = fork(programUrl('replica-process'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    const own = { replicas: replicas.slice(first, first + count), port: port && port + first };
    child.send({ ...rest, ...own });
    child.once('exit', () => isServing && onExit?.(endedTooSoon(child)));
    return urlsOf(child, options);
  });
  try {
    const urls = (await Promise.all(started)).flat();
    isServing = true;
    return { urls, stop, kill };
  } catch (error) {
    await stop();
    throw error;
  }
}

function urlsOf(child: ChildProcess, { onLate }: EmulationOptions): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: ReplicaProcessMessage) => {
      if (message.kind === 'late') onLate?.(message.window);
      else if (message.kind === 'started') resolve(message.urls);
      else if (message.kind === 'failed') reject(new FairleadError(message.code, message.message));
      else reject(Object.assign(new Error(message.message), { stack: message.stack }));
    });
    child.on('error', reject);
    child.once('exit', () => reject(endedTooSoon(child)));
  });
}

function endedTooSoon({ exitCode, pid, signalCode }: ChildProcess): FairleadError {
  const how = signalCode ?? `exit code ${exitCode}`;
  const message = `process ${pid}, which serves some of the replicas, has ended with ${how}. Start them again; if the machine is short of memory, start fewer.`;
  return new FairleadError('PROGRAM_FAILED', message);
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const { exitCode, pid, signalCode } = child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), mostEndMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
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
