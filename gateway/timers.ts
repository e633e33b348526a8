import { assert } from '../core/assert.ts';
import { TimedQueue } from '../core/timed-queue.ts';

/** Whoever has a clock: it calls the gateway's `wake` at that time, or a little later. */
export interface AlarmClock {
  wakeAt(us: number): void;
}

type Task = (nowUs: number) => void;

/**
 * What the gateway is to do later. Nothing is ever taken out: a task finds out for itself whether
 * there is still something to do.
 */
export class Timers {
  readonly #tasks = new TimedQueue<Task>();
  readonly #clock: AlarmClock | undefined;

  constructor(clock: AlarmClock | undefined) {
    this.#clock = clock;
  }

  at(us: number, task: Task): void {
    if (us === Number.POSITIVE_INFINITY) return;
    assert(this.#clock !== undefined, 'a policy with times needs a clock');
    const isNext = us < this.#tasks.nextUs;
    this.#tasks.push(us, task);
    if (isNext) this.#clock.wakeAt(us);
  }

  /** Does what is due. */
  run(nowUs: number): void {
    while (this.#tasks.nextUs <= nowUs) this.#tasks.pop()!(nowUs);
    const { nextUs } = this.#tasks;
    if (nextUs < Number.POSITIVE_INFINITY) this.#clock!.wakeAt(nextUs);
  }
}
