import { assert } from '../core/assert.ts';
import { TimedQueue } from '../core/timed-queue.ts';

/** Whoever has a clock: it calls the gateway's `wake` at that time, or a little later. */
export interface AlarmClock {
  wakeAt(us: number): void;
}

type Task = (nowUs: number) => void;

/** A task that is to be done later, unless it is called off. */
export class Alarm {
  task: Task | undefined;

  constructor(task: Task) {
    this.task = task;
  }

  /** Its place in the queue stays until its time, but nothing of what the task would look at. */
  cancel(): void {
    this.task = undefined;
  }
}

/**
 * What the gateway is to do later. Whoever does not call a task off has it find out for itself
 * whether there is still something to do.
 */
export class Timers {
  readonly #alarms = new TimedQueue<Alarm>();
  readonly #clock: AlarmClock | undefined;

  constructor(clock: AlarmClock | undefined) {
    this.#clock = clock;
  }

  at(us: number, task: Task): Alarm {
    const alarm = new Alarm(task);
    if (us === Number.POSITIVE_INFINITY) return alarm;
    assert(this.#clock !== undefined, 'a policy with times needs a clock');
    const isNext = us < this.#alarms.nextUs;
    this.#alarms.push(us, alarm);
    if (isNext) this.#clock.wakeAt(us);
    return alarm;
  }

  /** Does what is due. */
  run(nowUs: number): void {
    for (;;) {
      const { first, nextUs } = this.#alarms;
      if (nextUs > nowUs && first?.task !== undefined) break;
      if (first === undefined) return;
      this.#alarms.pop();
      first.task?.(nowUs);
    }
    const { nextUs } = this.#alarms;
    this.#clock!.wakeAt(nextUs);
  }
}
