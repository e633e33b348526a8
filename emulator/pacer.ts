import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { createDueTime, monotonicMs, writeDue } from './due-time.ts';

/** Wakes whoever plays the engines at the moment that is due, by a thread that waits for it. */
export class Pacer {
  readonly #due = createDueTime();
  readonly #thread: Worker;
  readonly #offsetMs = monotonicMs() - performance.now();
  #atMs = Number.POSITIVE_INFINITY;

  constructor(onDue: () => void) {
    this.#thread = new Worker(threadFile(), { workerData: this.#due });
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

/** The sources are not compiled when the tests run them, and a thread needs what is. */
function threadFile(): string {
  const [beside, built] = ['./pacer-thread.js', '../dist/emulator/pacer-thread.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  ) as [string, string];
  return existsSync(beside) ? beside : built;
}
