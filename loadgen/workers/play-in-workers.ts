import { Worker } from 'node:worker_threads';
import { programUrl } from '../../core/package-root.ts';
import type { LiveFigures } from '../live-figures.ts';
import type { LiveRun } from '../live-run.ts';
import { mergeRuns } from './merge-runs.ts';
import { mergedFigures, type PackedFigures, type PackedRun } from './packed-run.ts';
import { type PlayTask, playShare } from './play-task.ts';
import type { Order, Report, WorkerTask } from './play-worker.ts';

export interface PlayInWorkersOptions {
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onFigures: ((figures: LiveFigures) => void) | undefined;
}

/** From the last thread being ready to the start of the run: each has to hear of it. */
const headStartNs = 100_000_000n;

/** Plays a scenario in so many threads, each with its own connections; one needs no other. */
export function playInWorkers(task: PlayTask, options: PlayInWorkersOptions): Promise<LiveRun> {
  const { onFigures, signal, workers } = options;
  if (workers > 1) return new PlayingWorkers(task, options).run();
  const all = { index: 0, of: 1 };
  return playShare(task, all, { signal, ...(onFigures === undefined ? {} : { onFigures }) });
}

class PlayingWorkers {
  readonly #options: PlayInWorkersOptions;
  readonly #workers: readonly Worker[];
  readonly #figures = new Map<Worker, PackedFigures>();
  readonly #runs: PackedRun[] = [];
  readonly #settled = new Set<Worker>();
  readonly #cpu = process.cpuUsage();
  readonly #startNs = process.hrtime.bigint();
  #ready = 0;

  constructor(task: PlayTask, options: PlayInWorkersOptions) {
    this.#options = options;
    const { onFigures, workers: of } = options;
    this.#workers = Array.from({ length: of }, (_, index) => {
      const tellsFigures = onFigures !== undefined;
      const workerData: WorkerTask = { task, share: { index, of }, tellsFigures };
      return new Worker(programUrl('play-worker'), { workerData });
    });
  }

  async run(): Promise<LiveRun> {
    const { signal } = this.#options;
    const interrupt = () => this.#order({ kind: 'interrupt' });
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      await Promise.all(this.#workers.map((worker) => this.#playedBy(worker)));
    } finally {
      signal.removeEventListener('abort', interrupt);
      await Promise.all(this.#workers.map((worker) => worker.terminate()));
    }
    const { system, user } = process.cpuUsage(this.#cpu);
    const passedUs = Number(process.hrtime.bigint() - this.#startNs) / 1_000;
    return mergeRuns(this.#runs, (system + user) / passedUs);
  }

  #playedBy(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      worker.on('message', (report: Report) => {
        this.#take(worker, report);
        if (report.kind === 'run') resolve();
      });
      worker.on('error', reject);
      // One that goes without a word, or it would be waited for in vain.
      worker.on('exit', (code) => reject(new Error(`a worker ended with code ${code}`)));
    });
  }

  #take(worker: Worker, report: Report): void {
    if (report.kind === 'ready') {
      this.#ready += 1;
      if (this.#ready < this.#workers.length) return;
      this.#order({ kind: 'start', startNs: process.hrtime.bigint() + headStartNs });
    } else if (report.kind === 'figures') {
      this.#figures.set(worker, report.figures);
      this.#options.onFigures?.(mergedFigures(this.#figures.values()));
    } else {
      if (report.kind === 'run') this.#runs.push(report.run);
      this.#settled.add(worker);
      if (this.#settled.size === this.#workers.length) this.#order({ kind: 'allSettled' });
    }
  }

  #order(order: Order): void {
    for (const worker of this.#workers) worker.postMessage(order);
  }
}
