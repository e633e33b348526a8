import type { ReplicaView } from '../strategy.ts';
import { PerReplica } from './per-replica.ts';
import { SlidingQuantile } from './sliding-quantile.ts';

export interface ProbePoolOptions {
  readonly hotQuantile: number;
  readonly keepUs: number;
}

/** Loads of which the quantile is taken, and what puts all hot replicas after all cold ones. */
const loadsRemembered = 64;
const afterAllCold = 1e15;

/** What replicas were last found to be like; of each replica the newest answer. */
export class ProbePool {
  /** To be filled before it is put in: the load, the latency, and how often it may be used. */
  readonly answer = new Float64Array(3);
  readonly #keepUs: number;
  /** When each was found; NaN for those of which nothing is kept. */
  readonly #atUs = new PerReplica(Number.NaN);
  readonly #load = new PerReplica(0);
  readonly #latencyUs = new PerReplica(0);
  readonly #usesLeft = new PerReplica(0);
  readonly #loads: SlidingQuantile;
  readonly #hotAbove = new Float64Array(1);

  constructor({ hotQuantile, keepUs }: ProbePoolOptions) {
    this.#keepUs = keepUs;
    this.#loads = new SlidingQuantile(loadsRemembered, hotQuantile);
  }

  put({ index }: ReplicaView, nowUs: number): void {
    const { answer } = this;
    this.#atUs.upTo(index)[index] = nowUs;
    this.#load.upTo(index)[index] = answer[0]!;
    this.#latencyUs.upTo(index)[index] = answer[1]!;
    this.#usesLeft.upTo(index)[index] = answer[2]!;
    this.#loads.add(answer);
    this.#loads.write(this.#hotAbove, 0);
  }

  remove({ index }: ReplicaView): void {
    this.#atUs.upTo(index)[index] = Number.NaN;
  }

  /** A request goes there: one more is there than was found, and the answer wears out. */
  use(replica: ReplicaView): void {
    const { index } = replica;
    this.#load.upTo(index)[index]! += 1;
    const usesLeft = this.#usesLeft.upTo(index);
    usesLeft[index]! -= 1;
    if (usesLeft[index]! <= 0) this.remove(replica);
  }

  /** Takes out what is too old; returns how many candidates have an answer. */
  expire(candidates: readonly ReplicaView[], nowUs: number): number {
    let count = 0;
    for (let i = 0; i < candidates.length; i++) {
      const { index } = candidates[i]!;
      const atUs = this.#atUs.upTo(index);
      if (nowUs - atUs[index]! > this.#keepUs) atUs[index] = Number.NaN;
      if (!Number.isNaN(atUs[index])) count += 1;
    }
    return count;
  }

  /** So that the least is the cold one of lowest latency, else the hot one of lowest load. */
  writeCosts(values: Float64Array, candidates: readonly ReplicaView[]): void {
    for (let i = 0; i < candidates.length; i++) {
      const { index } = candidates[i]!;
      const load = this.#load.upTo(index)[index]!;
      if (!this.#has(index)) values[i] = Number.POSITIVE_INFINITY;
      else if (this.#isHot(index)) values[i] = afterAllCold + load;
      else values[i] = this.#latencyUs.upTo(index)[index]!;
    }
  }

  removeOldest(candidates: readonly ReplicaView[]): void {
    let oldest: ReplicaView | undefined;
    for (let i = 0; i < candidates.length; i++) {
      const { index } = candidates[i]!;
      if (!this.#has(index)) continue;
      const atUs = this.#atUs.upTo(index);
      if (oldest === undefined || atUs[index]! < atUs[oldest.index]!) oldest = candidates[i]!;
    }
    if (oldest !== undefined) this.remove(oldest);
  }

  /** The hot one of highest load; the cold one of highest latency if none is hot. */
  removeWorst(candidates: readonly ReplicaView[]): void {
    let worst: ReplicaView | undefined;
    for (let i = 0; i < candidates.length; i++) {
      const replica = candidates[i]!;
      if (!this.#has(replica.index)) continue;
      if (worst === undefined || this.#isWorse(replica.index, worst.index)) worst = replica;
    }
    if (worst !== undefined) this.remove(worst);
  }

  #has(index: number): boolean {
    return !Number.isNaN(this.#atUs.upTo(index)[index]);
  }

  #isHot(index: number): boolean {
    return this.#load.upTo(index)[index]! > this.#hotAbove[0]!;
  }

  #isWorse(one: number, other: number): boolean {
    const isHot = this.#isHot(one);
    if (isHot !== this.#isHot(other)) return isHot;
    const values = (isHot ? this.#load : this.#latencyUs).upTo(Math.max(one, other));
    return values[one]! > values[other]!;
  }
}
