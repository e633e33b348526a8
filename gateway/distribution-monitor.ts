import type { Attempt } from './attempt.ts';
import type { AttemptWatcher } from './attempt-watcher.ts';
import type { MonitorPolicy } from './policy.ts';
import type { ReplicaState } from './replica-state.ts';

/** One replica gets nearly everything, though others could take it. */
export interface DistributionAlert {
  readonly atUs: number;
  readonly replica: string;
  readonly share: number;
}

const slices = 10;

/**
 * Watches where requests go. What looks like affinity on paper is often one replica that does all
 * the work; it is told once, and again only after it was over.
 */
export class DistributionMonitor<Work> implements AttemptWatcher<Work> {
  readonly #policy: MonitorPolicy;
  readonly #replicas: readonly ReplicaState[];
  readonly #onAlert: (alert: DistributionAlert) => void;
  readonly #sliceUs: number;
  /** By slice of the window, as a ring, and then by replica. */
  #counts: Uint32Array;
  #totals: Float64Array;
  #total = 0;
  #slice = 0;
  #alerted = -1;

  constructor(
    policy: MonitorPolicy,
    replicas: readonly ReplicaState[],
    onAlert: (alert: DistributionAlert) => void,
  ) {
    this.#policy = policy;
    this.#replicas = replicas;
    this.#onAlert = onAlert;
    this.#sliceUs = policy.windowUs / slices;
    this.#counts = new Uint32Array(slices * replicas.length);
    this.#totals = new Float64Array(replicas.length);
  }

  /** Of what was sent within the window and could have gone elsewhere; NaN when that is nothing. */
  shareOf(replica: number): number {
    return this.#totals[replica]! / this.#total;
  }

  dispatched({ replica }: Attempt<Work>, nowUs: number): void {
    this.#advance(Math.floor(nowUs / this.#sliceUs));
    if (!this.#hasHealthyOther(replica)) return;
    const { index, name } = replica;
    if (index >= this.#totals.length) this.#grow();
    const at = (this.#slice % slices) * this.#totals.length + index;
    this.#counts[at]! += 1;
    this.#totals[index]! += 1;
    this.#total += 1;
    const share = this.shareOf(index);
    if (share <= this.#policy.alertShare) {
      if (this.#alerted === index || this.shareOf(this.#alerted) <= this.#policy.alertShare) {
        this.#alerted = -1;
      }
    } else if (this.#alerted !== index && this.#total >= this.#policy.leastRequests) {
      this.#alerted = index;
      this.#onAlert({ atUs: nowUs, replica: name, share });
    }
  }

  #hasHealthyOther(replica: ReplicaState): boolean {
    return this.#replicas.some(
      (other) => other !== replica && other.isInPool && !other.isDown && !other.isEjected,
    );
  }

  /** For replicas that were not there in the beginning. */
  #grow(): void {
    const [before, { length }] = [this.#totals.length, this.#replicas];
    const counts = new Uint32Array(slices * length);
    for (let slice = 0; slice < slices; slice++) {
      counts.set(this.#counts.subarray(slice * before, (slice + 1) * before), slice * length);
    }
    const totals = new Float64Array(length);
    totals.set(this.#totals);
    this.#counts = counts;
    this.#totals = totals;
  }

  /** Forgets the slices that are too old. */
  #advance(slice: number): void {
    const { length } = this.#totals;
    const from = Math.max(this.#slice + 1, slice - slices + 1);
    for (let old = from; old <= slice; old++) {
      const row = (old % slices) * length;
      for (let index = 0; index < length; index++) {
        const count = this.#counts[row + index]!;
        this.#totals[index]! -= count;
        this.#total -= count;
        this.#counts[row + index] = 0;
      }
    }
    this.#slice = slice;
  }
}
