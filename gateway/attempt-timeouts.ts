import type { Attempt } from './attempt.ts';
import type { AttemptWatcher } from './attempt-watcher.ts';
import type { Backend } from './backend.ts';
import type { TimeoutPolicy } from './policy.ts';
import type { Timers } from './timers.ts';

/** `attempt`: this replica was too slow, another may do better. `request`: there is no time left. */
export type Overdue = 'attempt' | 'request';

export interface AttemptTimeoutsOptions<Work> {
  readonly policy: TimeoutPolicy;
  readonly timers: Timers;
  readonly backend: Backend<Work>;
  readonly giveUp: (attempt: Attempt<Work>, what: Overdue, nowUs: number) => void;
}

/**
 * Gives up what takes too long. There is one pending look at each attempt, and a stream is only
 * asked for its last token when it could be overdue: nothing happens per token.
 */
export class AttemptTimeouts<Work> implements AttemptWatcher<Work> {
  readonly #options: AttemptTimeoutsOptions<Work>;

  constructor(options: AttemptTimeoutsOptions<Work>) {
    this.#options = options;
  }

  dispatched(attempt: Attempt<Work>): void {
    const { connectUs } = this.#options.policy;
    const firstLookUs = Math.min(attempt.startedUs + connectUs, this.#firstByteUs(attempt));
    this.#lookAt(attempt, Math.min(firstLookUs, this.#endUs(attempt)));
  }

  began(attempt: Attempt<Work>, nowUs: number): void {
    const idleUs = nowUs + this.#options.policy.idleUs;
    // A look that comes before then finds out for itself when the next one has to be.
    if (attempt.alarm === undefined || attempt.alarm.atUs > idleUs) this.#lookAt(attempt, idleUs);
  }

  /** Thousands end in the time that one may take to connect; none of them is kept till then. */
  ended({ alarm }: Attempt<Work>): void {
    this.#options.timers.callOff(alarm);
  }

  #lookAt(attempt: Attempt<Work>, atUs: number): void {
    const { timers } = this.#options;
    timers.callOff(attempt.alarm);
    attempt.alarm = timers.at(atUs, (nowUs) => {
      if (nowUs >= this.#endUs(attempt)) this.#options.giveUp(attempt, 'request', nowUs);
      else if (attempt.state === 'began') this.#lookAtStream(attempt, nowUs);
      else this.#lookAtSilence(attempt, nowUs);
    });
  }

  #lookAtSilence(attempt: Attempt<Work>, nowUs: number): void {
    const { backend, giveUp } = this.#options;
    const firstByteUs = this.#firstByteUs(attempt);
    const isConnected = backend.isConnected?.(attempt) ?? true;
    if (nowUs >= firstByteUs || !isConnected) giveUp(attempt, 'attempt', nowUs);
    else this.#lookAt(attempt, Math.min(firstByteUs, this.#endUs(attempt)));
  }

  #lookAtStream(attempt: Attempt<Work>, nowUs: number): void {
    const { backend, giveUp, policy } = this.#options;
    const heardUs = backend.lastHeardUs?.(attempt, nowUs) ?? nowUs;
    const idleUs = heardUs + policy.idleUs;
    if (nowUs >= idleUs) giveUp(attempt, 'attempt', nowUs);
    else this.#lookAt(attempt, Math.min(idleUs, this.#endUs(attempt)));
  }

  /** An answer in one piece has all of the time there is; its length is nobody's fault. */
  #firstByteUs({ request, startedUs }: Attempt<Work>): number {
    return request.isStreamed
      ? startedUs + this.#options.policy.firstByteUs
      : Number.POSITIVE_INFINITY;
  }

  #endUs({ request }: Attempt<Work>): number {
    return request.arrivalUs + this.#options.policy.totalUs;
  }
}
