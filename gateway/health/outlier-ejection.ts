import type { Attempt } from '../attempt.ts';
import type { AttemptWatcher, Verdict } from '../attempt-watcher.ts';
import type { EjectionPolicy } from '../policy.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { HealthPort } from './replica-health.ts';

/** What is remembered of a replica. */
interface Conduct {
  failuresInARow: number;
  /** Ejections in short order: how long the next one will be. */
  ejections: number;
  /** When a trial last went well. */
  returnedUs: number;
  state: 'closed' | 'open' | 'halfOpen';
  trial: Attempt<unknown> | undefined;
}

/**
 * Takes out replicas that fail several requests in a row, for longer each time, as Envoy's outlier
 * detection; and lets them back in through the half-open state of a circuit breaker, by one
 * request at a time until one gets its first token. Never takes out more than a share of the pool:
 * what ails all of them is not the fault of any.
 */
export class OutlierEjection<Work> implements AttemptWatcher<Work> {
  readonly #policy: EjectionPolicy;
  readonly #port: HealthPort;
  readonly #conducts: Conduct[];

  constructor(policy: EjectionPolicy, port: HealthPort) {
    this.#policy = policy;
    this.#port = port;
    this.#conducts = port.replicas.map(spotless);
  }

  /** A new machine has done nothing wrong yet. */
  joined({ index }: ReplicaState): void {
    this.#conducts[index] = spotless();
  }

  dispatched(attempt: Attempt<Work>): void {
    const conduct = this.#conductOf(attempt);
    // In panic a second one may be sent while the first is still out.
    if (conduct.state !== 'halfOpen' || conduct.trial !== undefined) return;
    conduct.trial = attempt;
    this.#port.bar(attempt.replica, 'isOnTrial', true);
  }

  began(attempt: Attempt<Work>, nowUs: number): void {
    const conduct = this.#conductOf(attempt);
    if (conduct.state === 'closed') conduct.failuresInARow = 0;
    if (conduct.trial === attempt) this.#close(conduct, attempt.replica, nowUs);
  }

  ended(attempt: Attempt<Work>, verdict: Verdict, nowUs: number): void {
    const { replica } = attempt;
    const conduct = this.#conductOf(attempt);
    if (conduct.trial === attempt) {
      conduct.trial = undefined;
      if (verdict === 'failed' && this.#mayEjectOneMore) this.#eject(conduct, replica, nowUs);
      this.#port.bar(replica, 'isOnTrial', false);
    } else if (conduct.state === 'closed' && verdict === 'failed') {
      conduct.failuresInARow += 1;
      const isOutlier = conduct.failuresInARow >= this.#policy.consecutiveFailures;
      if (isOutlier && this.#mayEjectOneMore) this.#eject(conduct, replica, nowUs);
    }
  }

  get #mayEjectOneMore(): boolean {
    const members = this.#port.replicas.filter(({ isInPool }) => isInPool);
    // Whose trial is on its way may be out again at once.
    const out = members.filter(({ index, isEjected }) => {
      return isEjected || this.#conducts[index]!.trial !== undefined;
    });
    return out.length + 1 <= this.#policy.maxShare * members.length;
  }

  #eject(conduct: Conduct, replica: ReplicaState, nowUs: number): void {
    const { baseUs, forgiveUs, maxUs } = this.#policy;
    // A trial may take long to fail, and that is no time in the pool.
    const isBack = conduct.state === 'closed';
    const forgiven = isBack ? Math.floor((nowUs - conduct.returnedUs) / forgiveUs) : 0;
    conduct.ejections = Math.max(0, conduct.ejections - forgiven) + 1;
    conduct.state = 'open';
    this.#port.bar(replica, 'isEjected', true);
    this.#port.timers.at(nowUs + Math.min(conduct.ejections * baseUs, maxUs), () => {
      // The machine may have been replaced meanwhile.
      if (this.#conducts[replica.index] !== conduct) return;
      conduct.state = 'halfOpen';
      this.#port.bar(replica, 'isEjected', false);
    });
  }

  #close(conduct: Conduct, replica: ReplicaState, nowUs: number): void {
    conduct.state = 'closed';
    conduct.returnedUs = nowUs;
    conduct.failuresInARow = 0;
    conduct.trial = undefined;
    this.#port.bar(replica, 'isOnTrial', false);
    this.#port.onRecovered(replica, nowUs);
  }

  #conductOf({ replica }: Attempt<Work>): Conduct {
    return this.#conducts[replica.index]!;
  }
}

function spotless(): Conduct {
  return { failuresInARow: 0, ejections: 0, returnedUs: 0, state: 'closed', trial: undefined };
}
