import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RunSummary } from '../reports/summary.ts';
import type { ExecuteOptions, Executor } from './executor.ts';
import { type RunTask, summariseTask } from './run-task.ts';

/**
 * Threads beside this one; by default as many as there are processors. With none all happens in
 * this thread, as where the sources are not compiled, when the tests run them.
 */
export function threadExecutor(threads = availableParallelism()): Executor {
  const workerFile = fileURLToPath(new URL('./run-worker.js', import.meta.url));
  if (!existsSync(workerFile) || threads < 1) return { execute: runHere };
  return { execute: (tasks, options) => runInThreads(tasks, { ...options, workerFile, threads }) };
}

async function runHere(
  tasks: readonly RunTask[],
  { onSummary, signal }: ExecuteOptions,
): Promise<void> {
  for (const [index, task] of tasks.entries()) {
    if (signal?.aborted) return;
    onSummary(index, summariseTask(task));
  }
}

interface ThreadOptions extends ExecuteOptions {
  readonly workerFile: string;
  readonly threads: number;
}

async function runInThreads(tasks: readonly RunTask[], options: ThreadOptions): Promise<void> {
  const { onSummary, signal, threads, workerFile } = options;
  let next = 0;
  const workers: Worker[] = [];
  const stops: (() => void)[] = [];
  const stop = () => {
    for (const resolve of stops) resolve();
  };
  signal?.addEventListener('abort', stop);
  const serve = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(workerFile);
      workers.push(worker);
      const send = () => {
        if (next >= tasks.length || signal?.aborted) return resolve();
        const index = next++;
        worker.postMessage({ index, task: tasks[index] });
      };
      worker.on('message', ({ index, summary }: { index: number; summary: RunSummary }) => {
        try {
          onSummary(index, summary);
          send();
        } catch (error) {
          reject(error as Error);
        }
      });
      worker.on('error', reject);
      // A worker that goes without a word, or it would be waited for in vain.
      worker.on('exit', (code) => reject(new Error(`a worker ended with code ${code}`)));
      stops.push(resolve);
      send();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, serve));
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
