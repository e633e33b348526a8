import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RunSummary } from '../reports/summary.ts';
import type { ExecuteOptions, Executor } from './executor.ts';
import type { RunTask } from './run-task.ts';
import { threadExecutor } from './thread-executor.ts';

export interface ThreadPool {
  readonly executor: Executor;
  close(): Promise<void>;
}

interface Job {
  readonly task: RunTask;
  readonly done: (summary: RunSummary) => void;
  readonly failed: (error: Error) => void;
  readonly isWanted: () => boolean;
}

/**
 * Threads that stay while one question after the other comes up, each of a few runs: to start a
 * thread takes longer than many a run. Runs of several callers take turns.
 */
export function threadPool(threads = availableParallelism()): ThreadPool {
  const workerFile = fileURLToPath(new URL('./run-worker.js', import.meta.url));
  if (!existsSync(workerFile) || threads < 1) {
    return { executor: threadExecutor(0), close: async () => {} };
  }
  const pool = new Pool(workerFile, threads);
  return { executor: pool, close: () => pool.close() };
}

class Pool implements Executor {
  readonly #workerFile: string;
  readonly #threads: number;
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #waiting: Job[] = [];
  readonly #running = new Map<Worker, Job>();

  constructor(workerFile: string, threads: number) {
    this.#workerFile = workerFile;
    this.#threads = threads;
  }

  async execute(tasks: readonly RunTask[], { onSummary, signal }: ExecuteOptions): Promise<void> {
    if (signal?.aborted) return;
    const isWanted = () => signal?.aborted !== true;
    const runs = tasks.map((task, index) => {
      return new Promise<void>((resolve, failed) => {
        const done = (summary: RunSummary) => {
          if (isWanted()) onSummary(index, summary);
          resolve();
        };
        this.#waiting.push({ task, done, failed, isWanted });
      });
    });
    this.#serve();
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
      signal?.addEventListener('abort', stop, { once: true });
    });
    try {
      await Promise.race([Promise.all(runs), stopped]);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      if (!this.#waiting[0]!.isWanted()) {
        this.#waiting.shift();
        continue;
      }
      const worker = this.#idle.pop() ?? this.#hire();
      if (worker === undefined) return;
      const job = this.#waiting.shift()!;
      this.#running.set(worker, job);
      worker.postMessage({ index: 0, task: job.task });
    }
  }

  #hire(): Worker | undefined {
    if (this.#workers.length >= this.#threads) return undefined;
    const worker = new Worker(this.#workerFile);
    this.#workers.push(worker);
    worker.on('message', ({ summary }: { summary: RunSummary }) => {
      const job = this.#running.get(worker)!;
      this.#running.delete(worker);
      this.#idle.push(worker);
      job.done(summary);
      this.#serve();
    });
    const fail = (error: Error) => this.#running.get(worker)?.failed(error);
    worker.on('error', fail);
    // One that goes without a word, or it would be waited for in vain.
    worker.on('exit', (code) => fail(new Error(`a worker ended with code ${code}`)));
    return worker;
  }
}
