import type { Random } from '../../core/random.ts';
import type { ActiveCheckPolicy } from '../policy.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { HealthPort } from './replica-health.ts';

export interface ActiveChecksOptions {
  readonly policy: ActiveCheckPolicy;
  readonly port: HealthPort;
  /** The phases of the checks: they must not all come at once. */
  readonly random: Random;
  readonly probe: (replica: ReplicaState, nowUs: number) => void;
}

interface Checked {
  /** Results in a row that speak against what it is taken for. */
  contrary: number;
  /** Number of the check that has no result yet; 0 when there is none. */
  pending: number;
}

/**
 * Asks every replica of the pool for its health, again and again (HAProxy's `inter`, `fall` and
 * `rise`). A newcomer is taken for healthy.
 */
export class ActiveChecks {
  readonly #options: ActiveChecksOptions;
  readonly #checked: Checked[] = [];
  #checks = 0;
  #isStopped = false;

  constructor(options: ActiveChecksOptions) {
    this.#options = options;
    for (const replica of options.port.replicas) this.#watch(replica, 0);
  }

  /** There are no more checks, so that a run can come to its end. */
  stop(): void {
    this.#isStopped = true;
  }

  joined(replica: ReplicaState, nowUs: number): void {
    if (this.#checked[replica.index] === undefined) this.#watch(replica, nowUs);
    else this.#checked[replica.index] = { contrary: 0, pending: 0 };
  }

  onResult(index: number, isHealthy: boolean, nowUs: number): void {
    const checked = this.#checked[index]!;
    if (checked.pending === 0) return;
    checked.pending = 0;
    const { policy, port } = this.#options;
    const replica = port.replicas[index]!;
    if (isHealthy !== replica.isDown) {
      checked.contrary = 0;
      return;
    }
    checked.contrary += 1;
    if (checked.contrary < (isHealthy ? policy.rise : policy.fall)) return;
    checked.contrary = 0;
    port.bar(replica, 'isDown', !isHealthy);
    if (isHealthy) port.onRecovered(replica, nowUs);
  }

  #watch(replica: ReplicaState, nowUs: number): void {
    const { policy, port, random } = this.#options;
    this.#checked[replica.index] = { contrary: 0, pending: 0 };
    const firstUs = nowUs + Math.floor(random() * policy.everyUs);
    port.timers.at(firstUs, (thenUs) => this.#check(replica, thenUs));
  }

  #check(replica: ReplicaState, nowUs: number): void {
    if (this.#isStopped) return;
    const { policy, port } = this.#options;
    if (replica.isInPool) this.#ask(replica, nowUs);
    port.timers.at(nowUs + policy.everyUs, (thenUs) => this.#check(replica, thenUs));
  }

  /** One check at a time, as HAProxy does it: a time-out may be longer than a period. */
  #ask(replica: ReplicaState, nowUs: number): void {
    const { policy, port, probe } = this.#options;
    const checked = this.#checked[replica.index]!;
    if (checked.pending !== 0) return;
    const number = ++this.#checks;
    checked.pending = number;
    probe(replica, nowUs);
    if (checked.pending !== number) return;
    port.timers.at(nowUs + policy.timeoutUs, (thenUs) => {
      // The machine may have been replaced meanwhile.
      if (this.#checked[replica.index] !== checked || checked.pending !== number) return;
      this.onResult(replica.index, false, thenUs);
    });
  }
}
