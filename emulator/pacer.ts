import { Worker } from 'node:worker_threads';
import { programUrl } from '../core/package-root.ts';
import { createDueTime, monotonicMs, writeDue } from './due-time.ts';

/** Wakes whoever plays the engines at the moment that is due, by a thread that waits for it. */
export class Pacer {
  readonly #due = createDueTime();
  readonly #thread: Worker;
  readonly #offsetMs = monotonicMs() - performance.now();
  #atMs = Number.POSITIVE_INFINITY;

  constructor(onDue: () => void) {
    this.#thread = new Worker(programUrl('pacer-thread'), { workerData: this.#due });
    this.#thread.unref();
    this.#thread.on('message', () => {
      this.#atMs = Number.POSITIVE_INFINITY;
      onDue();
    });
  }

  /** In the time of `performance.now()`. What is due earlier already stays so. */
  wakeAt(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.#atMs = atMs;
    writeDue(this.#due, atMs + this.#offsetMs);
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}
