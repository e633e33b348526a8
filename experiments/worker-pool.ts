import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RunSummary } from '../reports/summary.ts';
import { type RunTask, summariseTask } from './run-task.ts';

export interface PoolOptions {
  /** Threads beside this one; by default as many as there are processors. */
  readonly threads?: number;
  /** No further task is begun once this is aborted. */
  readonly signal?: AbortSignal;
  readonly onDone: (done: number) => void;
}

/**
 * Runs all tasks and returns their summaries in the order of the tasks, whatever the number of
 * threads; a task that an abort kept from running is undefined. The sources are not compiled when
 * the tests run them; then all happens in this thread.
 */
export async function runAll(
  tasks: readonly RunTask[],
  { threads = availableParallelism(), signal, onDone }: PoolOptions,
): Promise<(RunSummary | undefined)[]> {
  const workerFile = fileURLToPath(new URL('./run-worker.js', import.meta.url));
  if (!existsSync(workerFile) || threads < 1) {
    return tasks.map((task, index) => {
      if (signal?.aborted) return undefined;
      const summary = summariseTask(task);
      onDone(index + 1);
      return summary;
    });
  }
  const summaries = new Array<RunSummary | undefined>(tasks.length).fill(undefined);
  let next = 0;
  let done = 0;
  const workers: Worker[] = [];
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
        summaries[index] = summary;
        onDone(++done);
        send();
      });
      worker.on('error', reject);
      // A worker that goes without a word, or it would be waited for in vain.
      worker.on('exit', (code) => reject(new Error(`a worker ended with code ${code}`)));
      signal?.addEventListener('abort', () => resolve(), { once: true });
      send();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, serve));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return summaries;
}
