import { assert, fail } from '../core/assert.ts';
import { EventQueue } from './event-queue.ts';

/**
 * Something that lives through the whole run and acts when it wakes. At equal times a lower
 * `priority` goes first, and then who was added first: engines end their step before clients send,
 * so a slot that becomes free at an instant is seen by the request that arrives at the same
 * instant.
 */
export interface Process {
  readonly priority: number;
  /** Its place among all; the simulation gives it when the first wake is scheduled. */
  slot: number;
  wake(nowUs: number): void;
}

/** The virtual clock: it jumps from wake to wake, and a process has at most one pending. */
export class Simulation {
  readonly #processes: Process[] = [];
  /** Made with the first wake, when it is known how many processes there are. */
  #queue: EventQueue | undefined = undefined;
  #nowUs = 0;
  /** Of those that woke at this instant, the one whose turn is last. */
  #latest: Process | undefined = undefined;

  get nowUs(): number {
    return this.#nowUs;
  }

  /** Who comes while the run is going on has its turn after those of the same priority. */
  add(sleeper: Process): void {
    if (this.#queue === undefined) {
      this.#processes.push(sleeper);
      return;
    }
    const after = this.#processes.findIndex(({ priority }) => priority > sleeper.priority);
    const slot = after < 0 ? this.#processes.length : after;
    this.#processes.splice(slot, 0, sleeper);
    for (let i = slot; i < this.#processes.length; i++) this.#processes[i]!.slot = i;
    this.#queue.insert(slot);
  }

  schedule(sleeper: Process, atUs: number): void {
    if (atUs < this.#nowUs) fail(`invariant 5: a wake at ${atUs} us, but it is ${this.#nowUs} us`);
    this.#queue ??= this.#begin();
    assert(
      this.#processes[sleeper.slot] === sleeper,
      'this process was not added to the simulation',
    );
    this.#queue.schedule(sleeper.slot, atUs);
  }

  #begin(): EventQueue {
    this.#processes.sort((a, b) => a.priority - b.priority);
    for (const [slot, sleeper] of this.#processes.entries()) sleeper.slot = slot;
    return new EventQueue(this.#processes.length);
  }

  /** Whether a wake of this process at this instant would have come by now. */
  isPast(sleeper: Process): boolean {
    return this.#latest !== undefined && sleeper.slot <= this.#latest.slot;
  }

  /** Runs until `until` says so after a wake, or nothing is left to happen. */
  run(until: () => boolean): void {
    while (this.#queue !== undefined && this.#queue.size > 0) {
      this.#wakeNext(this.#queue);
      if (until()) return;
    }
  }

  /** Runs as far as a moment: what would happen later is still to come. */
  runTo(untilUs: number): void {
    const queue = this.#queue;
    while (queue !== undefined && queue.size > 0 && queue.nextUs <= untilUs) this.#wakeNext(queue);
  }

  /** When somebody wakes next; infinity when nothing is left to happen. */
  get nextUs(): number {
    const queue = this.#queue;
    return queue === undefined || queue.size === 0 ? Number.POSITIVE_INFINITY : queue.nextUs;
  }

  #wakeNext(queue: EventQueue): void {
    const { nextUs } = queue;
    const sleeper = this.#processes[queue.pop()]!;
    // Who is made to wake at an instant that others have seen already does not turn it back.
    if (nextUs > this.#nowUs || !this.isPast(sleeper)) this.#latest = sleeper;
    this.#nowUs = nextUs;
    sleeper.wake(nextUs);
  }
}
