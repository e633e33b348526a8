import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { isBuilt, programUrl } from '../core/package-root.ts';
import type { RunSummary } from '../reports/summary.ts';
import type { ExecuteOptions, Executor } from './executor.ts';
import { type RunTask, summariseTask } from './run-task.ts';
import { tuneThreads } from './tune-threads.ts';

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
 * Threads beside this one that stay while one question after the other comes up, each of a few
 * runs: to start a thread takes longer than many a run. Runs of several callers take turns. By
 * default there are as many as processors; with none all happens in this thread, as where the
 * sources are not compiled, when the tests run them.
 */
export function threadPool(threads = availableParallelism()): ThreadPool {
  if (!isBuilt || threads < 1) return { executor: { execute: runHere }, close: async () => {} };
  const pool = new Pool(threads);
  return { executor: pool, close: () => pool.close() };
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

class Pool implements Executor {
  readonly #threads: number;
  readonly #workers = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #waiting: Job[] = [];
  readonly #running = new Map<Worker, Job>();

  constructor(threads: number) {
    this.#threads = threads;
    tuneThreads();
  }

  async execute(tasks: readonly RunTask[], { onSummary, signal }: ExecuteOptions): Promise<void> {
    if (signal?.aborted) return;
    let isOver = false;
    const isWanted = () => !isOver && signal?.aborted !== true;
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
      isOver = true;
      signal?.removeEventListener('abort', stop);
    }
  }

  async close(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
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
      worker.postMessage(job.task);
    }
  }

  #hire(): Worker | undefined {
    if (this.#workers.size >= this.#threads) return undefined;
    const worker = new Worker(programUrl('run-worker'));
    this.#workers.add(worker);
    worker.on('message', (summary: RunSummary) => {
      const job = this.#running.get(worker)!;
      this.#running.delete(worker);
      this.#idle.push(worker);
      try {
        job.done(summary);
      } catch (error) {
        // What a caller makes of its summary is its own trouble, and not that of the others.
        job.failed(error as Error);
      }
      this.#serve();
    });
    worker.on('error', (error) => this.#running.get(worker)?.failed(error));
    worker.on('exit', (code) => this.#dismiss(worker, code));
    return worker;
  }

  /** Whoever waits for it would wait in vain, and its place is for another. */
  #dismiss(worker: Worker, code: number): void {
    this.#running.get(worker)?.failed(new Error(`a worker ended with code ${code}`));
    this.#running.delete(worker);
    this.#workers.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#serve();
  }
}
