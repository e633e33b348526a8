import { assert } from '../core/assert.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { SlowStart } from './health/slow-start.ts';
import type { GatewayPolicy } from './policy.ts';
import type { ReplicaState } from './replica-state.ts';

/** Why a replica that is in the pool is left alone. */
export type Bar = 'isDown' | 'isEjected' | 'isOnTrial';

export interface PoolOptions {
  readonly replicas: readonly ReplicaState[];
  readonly policy: GatewayPolicy;
  readonly strategy: Strategy;
  readonly slowStart: SlowStart | undefined;
  readonly invariants: PoolWitness | undefined;
  readonly onBar: GatewayOptions<never>['onBar'];
}

/** Told of what is wrong with a replica, and of the end of it. */
interface PoolWitness {
  pooled(index: number, isInPool: boolean): void;
  barred(index: number, bar: Bar, isBarred: boolean): void;
}

/**
 * Who may be sent a request: the healthy ones, or all when too few are healthy, because then the
 * checks are wrong or the rest would break under the load (Envoy's panic threshold). A list is
 * never changed once a strategy has seen it.
 */
export class Pool {
  /** Those who remember something of replicas. */
  readonly watchers: { joined(replica: ReplicaState, nowUs: number): void }[] = [];
  readonly #replicas: readonly ReplicaState[];
  readonly #options: PoolOptions;
  readonly #cap: ((replica: ReplicaState) => number) | undefined;
  /** Whoever may be used at all; who is on trial is healthy, and busy. */
  #usable: readonly ReplicaState[];
  /** Those of them that have room. */
  #candidates: readonly ReplicaState[];
  /** A whole group may leave at once, and makes one new list. */
  #isStale = false;

  constructor(options: PoolOptions) {
    const { policy, replicas } = options;
    this.#replicas = replicas;
    this.#options = options;
    this.#cap = capOf(policy.maxInFlight);
    this.#usable = [...replicas];
    this.#candidates = this.#usable;
  }

  /** By index; undefined for who is no member. */
  member(index: number): ReplicaState | undefined {
    const replica = this.#replicas[index];
    return replica?.isInPool === true ? replica : undefined;
  }

  /** False while nobody could take any request. */
  get isOpen(): boolean {
    this.#renew();
    return this.#candidates.length > 0;
  }

  /** Whether there is nobody to wait for, rather than that all are busy, and nobody is to wait. */
  get rejectsAll(): boolean {
    if (this.#options.policy.queue?.whenNoReplica !== 'reject') return false;
    this.#renew();
    return this.#usable.length === 0;
  }

  /** Without those it has been sent to; empty when it has to wait. */
  candidatesFor(request: GatewayRequest<unknown>, nowUs: number): readonly ReplicaState[] {
    this.#renew();
    const { slowStart } = this.#options;
    const candidates =
      slowStart === undefined ? this.#candidates : slowStart.thin(this.#candidates, nowUs);
    const { tried } = request;
    if (tried === undefined) return candidates;
    const others = candidates.filter(({ index }) => !tried.includes(index));
    // Chance must not keep a request waiting that has only those to go to.
    return others.length > 0
      ? others
      : this.#candidates.filter(({ index }) => !tried.includes(index));
  }

  /** Whether it could go to somebody who has not seen it, now or later. */
  hasUntried({ tried = [] }: GatewayRequest<unknown>): boolean {
    this.#renew();
    return this.#usable.some(({ index }) => !tried.includes(index));
  }

  /** A newcomer has done nothing wrong yet. */
  join(index: number, nowUs: number): void {
    const replica = this.#set(index, true);
    if (replica === undefined) return;
    replica.joinedUs = nowUs;
    replica.reported.forget();
    for (const bar of ['isDown', 'isEjected', 'isOnTrial'] as const) this.bar(replica, bar, false);
    for (const watcher of this.watchers) watcher.joined(replica, nowUs);
    this.#options.slowStart?.begin(replica, nowUs);
    this.#options.strategy.onJoined?.(replica, nowUs);
  }

  leave(index: number, nowUs: number): void {
    const replica = this.#set(index, false);
    if (replica !== undefined) this.#options.strategy.onLeft?.(replica, nowUs);
  }

  setWeight(index: number, weight: number): void {
    const replica = this.#replicas[index]!;
    const { slowStart } = this.#options;
    if (slowStart === undefined) replica.weight = weight;
    else slowStart.setWeight(replica, weight);
  }

  /** Undefined when nothing changes. */
  #set(index: number, isInPool: boolean): ReplicaState | undefined {
    const replica = this.#replicas[index];
    assert(replica !== undefined, `the gateway knows no replica ${index}`);
    this.#options.invariants?.pooled(index, isInPool);
    if (replica.isInPool === isInPool) return undefined;
    replica.isInPool = isInPool;
    this.#isStale = true;
    return replica;
  }

  bar(replica: ReplicaState, bar: Bar, isBarred: boolean): void {
    if (replica[bar] === isBarred) return;
    replica[bar] = isBarred;
    this.#isStale = true;
    this.#options.invariants?.barred(replica.index, bar, isBarred);
    this.#options.onBar?.(replica, bar, isBarred);
  }

  /** A request more or less is at a replica. */
  onLoad(replica: ReplicaState): void {
    if (this.#cap === undefined) return;
    const isFull = replica.inFlight >= this.#cap(replica);
    if (replica.isFull === isFull) return;
    replica.isFull = isFull;
    this.#isStale = true;
  }

  #renew(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    const { health } = this.#options.policy;
    const members = this.#replicas.filter(({ isInPool }) => isInPool);
    const healthy = members.filter(({ isDown, isEjected }) => !isDown && !isEjected);
    const isPanic = health !== undefined && healthy.length < health.panicBelow * members.length;
    this.#usable = isPanic ? members : healthy;
    this.#candidates = this.#usable.filter(
      ({ isFull, isOnTrial }) => !isFull && (isPanic || !isOnTrial),
    );
  }
}

function capOf(most: GatewayPolicy['maxInFlight']) {
  if (most === undefined) return undefined;
  if (most !== 'maxNumSeqs') return () => most;
  // Nobody may have said how many it runs.
  return ({ maxNumSeqs }: ReplicaState) =>
    Number.isNaN(maxNumSeqs) ? Number.POSITIVE_INFINITY : maxNumSeqs;
}
