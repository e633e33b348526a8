import { assert } from '../core/assert.ts';
import { TimedQueue } from '../core/timed-queue.ts';

/** Whoever has a clock: it calls the gateway's `wake` at that time, or a little later. */
export interface AlarmClock {
  wakeAt(us: number): void;
}

type Task = (nowUs: number) => void;

/** A task that is to be done later; without one, once it was done or called off. */
export interface Alarm {
  readonly atUs: number;
  task: Task | undefined;
}

/** Fewer than so many that were called off are not worth a search. */
const fewCalledOff = 64;

/**
 * What the gateway is to do later. Whoever does not call a task off has it find out for itself
 * whether there is still something to do.
 */
export class Timers {
  readonly #alarms = new TimedQueue<Alarm>();
  readonly #clock: AlarmClock | undefined;
  #calledOff = 0;

  constructor(clock: AlarmClock | undefined) {
    this.#clock = clock;
  }

  at(us: number, task: Task): Alarm {
    if (us === Number.POSITIVE_INFINITY) return never;
    assert(this.#clock !== undefined, 'a policy with times needs a clock');
    const alarm: Alarm = { atUs: us, task };
    const isNext = us < this.#alarms.nextUs;
    this.#alarms.push(us, alarm);
    if (isNext) this.#clock.wakeAt(us);
    return alarm;
  }

  /**
   * Of the requests of a minute nearly all call their alarms off. Their places are given up as soon
   * as they are the greater part: otherwise there would be hundreds of thousands of them.
   */
  callOff(alarm: Alarm | undefined): void {
    if (alarm?.task === undefined) return;
    alarm.task = undefined;
    this.#calledOff += 1;
    if (this.#calledOff < fewCalledOff || 2 * this.#calledOff < this.#alarms.length) return;
    this.#alarms.keep(isSet);
    this.#calledOff = 0;
  }

  /** Does what is due. */
  run(nowUs: number): void {
    for (;;) {
      const { first, nextUs } = this.#alarms;
      if (first === undefined) return;
      const { task } = first;
      if (nextUs > nowUs && task !== undefined) break;
      this.#alarms.pop();
      if (task === undefined) this.#calledOff -= 1;
      first.task = undefined;
      task?.(nowUs);
    }
    this.#clock!.wakeAt(this.#alarms.nextUs);
  }
}

const never: Alarm = { atUs: Number.POSITIVE_INFINITY, task: undefined };

function isSet({ task }: Alarm): boolean {
  return task !== undefined;
}
