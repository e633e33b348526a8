import { Worker } from 'node:worker_threads';
import type { HighResolutionClock } from './run-clock.ts';

/** Wakes a run at the time it asked for last. */
export interface Pacer {
  /** Infinity for never. */
  wakeAt(us: number): void;
  stop(): void;
}

/** Of the words that both threads share: how often the time was set, and that it is over. */
const word = { turn: 0, isOver: 1 } as const;

/** So much before its time a request is waited for by this thread itself, in a loop. */
const leadUs = 300;
/** Only where that is a small part of the time. */
const rareUs = 2_000;

/**
 * A thread that sleeps until the next request is nearly due and then sends a message. A timer of
 * Node counts whole milliseconds and is late by half of one. The message comes 70 to 400 us late,
 * which is how long processors take to wake up, so it is asked for that much earlier.
 */
export class ThreadPacer implements Pacer {
  readonly #clock: HighResolutionClock;
  readonly #onDue: () => void;
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #dueNs = new BigInt64Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  #dueUs = Number.POSITIVE_INFINITY;
  #lastUs = Number.NEGATIVE_INFINITY;

  constructor(clock: HighResolutionClock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.#dueNs[0] = never;
    // As text, because a worker cannot run what is not compiled, and tests run the sources.
    this.#worker = new Worker(`(${sleepAndTell.toString()})(require('node:worker_threads'))`, {
      eval: true,
      workerData: { words: this.#words, dueNs: this.#dueNs },
    });
    this.#worker.on('message', this.#onMessage);
  }

  wakeAt(us: number): void {
    this.#dueUs = us;
    Atomics.store(this.#dueNs, 0, us === Number.POSITIVE_INFINITY ? never : this.#askedNs(us));
    Atomics.add(this.#words, word.turn, 1);
    Atomics.notify(this.#words, word.turn);
  }

  #askedNs(us: number): bigint {
    return this.#clock.nsOf(us - this.#lastUs < rareUs ? us : us - leadUs);
  }

  /** It may be about a time that has been put off since; then there will be another message. */
  readonly #onMessage = (): void => {
    if (this.#dueUs - this.#clock.nowUs() > leadUs) return;
    while (this.#clock.nowUs() < this.#dueUs);
    this.#lastUs = this.#dueUs;
    this.#onDue();
  };

  stop(): void {
    Atomics.store(this.#words, word.isOver, 1);
    Atomics.add(this.#words, word.turn, 1);
    Atomics.notify(this.#words, word.turn);
    this.#worker.removeAllListeners('message');
    void this.#worker.terminate();
  }
}

const never = 2n ** 62n;

/** All of the other thread. It sees nothing of this file but what it is handed. */
function sleepAndTell({ parentPort, workerData }: typeof import('node:worker_threads')): void {
  const { words, dueNs } = workerData as { words: Int32Array; dueNs: BigInt64Array };
  let told = -1;
  for (;;) {
    const turn = Atomics.load(words, 0);
    if (Atomics.load(words, 1) === 1) return;
    const leftNs = Atomics.load(dueNs, 0) - process.hrtime.bigint();
    if (told === turn) Atomics.wait(words, 0, turn);
    else if (leftNs > 0n) Atomics.wait(words, 0, turn, Math.min(Number(leftNs) / 1e6, 2 ** 31));
    else {
      told = turn;
      parentPort!.postMessage(0);
    }
  }
}
