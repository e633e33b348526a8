import { assert } from '../core/assert.ts';
import type { Attempt } from './attempt.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { GatewayPolicy } from './policy.ts';
import type { Bar } from './pool.ts';
import type { ReplicaState } from './replica-state.ts';

/** What is written down about a request without an outcome. */
interface Page<Work> {
  readonly running: Set<Attempt<Work>>;
  /** Indices of replicas it was sent to. */
  readonly seen: Set<number>;
  isRetry: boolean;
  hasBegun: boolean;
  /** The strategy has said that it is to wait. */
  isHeld: boolean;
}

/**
 * The laws of the gateway, checked with books of its own rather than with those of the gateway.
 * Numbers are those of the design: 1 every request gets exactly one outcome; 2 in-flight counters
 * equal what is in flight; 3 nothing is sent again after its first token, to a replica that had it,
 * or beyond the budget; 4 only a member of the pool is picked that is neither ejected nor down,
 * unless too few are left; 5 time never runs backwards; 6 arrival ≤ dispatch ≤ first token ≤ end;
 * 8 nobody waits here for a replica that is free. 7, 9 and 10 are about engines and whole runs.
 */
export class GatewayInvariants<Work> {
  readonly #replicas: readonly ReplicaState[];
  readonly #policy: GatewayPolicy;
  readonly #inFlight: Set<Attempt<Work>>[];
  readonly #began = new Set<Attempt<Work>>();
  readonly #open = new Map<GatewayRequest<Work>, Page<Work>>();
  /** Those of them that are nowhere: they wait, or are about to be sent. */
  readonly #resting = new Map<GatewayRequest<Work>, Page<Work>>();
  readonly #outside = new Set<number>();
  readonly #barred: Readonly<Record<Bar, Set<number>>> = {
    isDown: new Set(),
    isEjected: new Set(),
    isOnTrial: new Set(),
  };
  #retries = 0;
  #clockUs = 0;

  constructor(replicas: readonly ReplicaState[], policy: GatewayPolicy) {
    this.#replicas = replicas;
    this.#policy = policy;
    this.#inFlight = replicas.map(() => new Set());
  }

  pooled(index: number, isInPool: boolean): void {
    this.#inFlight[index] ??= new Set();
    if (isInPool) this.#outside.delete(index);
    else this.#outside.add(index);
  }

  barred(index: number, bar: Bar, isBarred: boolean): void {
    if (isBarred) this.#barred[bar].add(index);
    else this.#barred[bar].delete(index);
  }

  admitted(request: GatewayRequest<Work>, nowUs: number): void {
    this.#advance(nowUs);
    assert(!this.#open.has(request), `invariant 1: request ${request.id} was admitted twice`);
    assert(request.arrivalUs <= nowUs, `invariant 6: request ${request.id} before its arrival`);
    const page = {
      ...{ running: new Set<Attempt<Work>>(), seen: new Set<number>() },
      ...{ isRetry: false, hasBegun: false, isHeld: false },
    };
    this.#open.set(request, page);
    this.#resting.set(request, page);
  }

  retryPlanned(request: GatewayRequest<Work>, nowUs: number): void {
    this.#advance(nowUs);
    const page = this.#pageOf(request);
    const { atLeast, most, share } = this.#policy.retries!;
    const { id } = request;
    assert(!page.hasBegun, `invariant 3: a retry of ${id}, which had begun`);
    assert(page.running.size === 0, `invariant 3: a retry of ${id}, which is still running`);
    assert(page.seen.size <= most, `invariant 3: too many retries of ${id}`);
    const budget = Math.max(atLeast, share * this.#open.size);
    assert(this.#retries < budget, `invariant 3: the retry of ${id} is beyond the budget`);
    page.isRetry = true;
    this.#retries += 1;
  }

  held(request: GatewayRequest<Work>): void {
    this.#pageOf(request).isHeld = true;
  }

  dispatched(attempt: Attempt<Work>, nowUs: number): void {
    this.#advance(nowUs);
    const { replica, request } = attempt;
    const page = this.#pageOf(request);
    assert(
      !page.hasBegun,
      `invariant 3: request ${request.id} was sent again after its first token`,
    );
    const isHedge = page.running.size === 1 && this.#policy.hedging !== undefined;
    assert(
      page.seen.size === 0 || page.isRetry || isHedge,
      `invariant 3: nobody meant to send request ${request.id} again`,
    );
    const { index } = replica;
    assert(!page.seen.has(index), `invariant 3: request ${request.id} was there before`);
    assert(
      this.#replicas[index] === replica && !this.#outside.has(index),
      `invariant 4: request ${request.id} went to a stranger`,
    );
    assert(
      !this.#isUnhealthy(index) || this.#isPanic,
      `invariant 4: request ${request.id} went to ${replica.name}, which is down or ejected`,
    );
    page.isHeld = false;
    this.#resting.delete(request);
    page.seen.add(index);
    page.running.add(attempt);
    this.#inFlight[index]!.add(attempt);
    this.#checkCounters(index);
  }

  firstToken(attempt: Attempt<Work>, nowUs: number): void {
    this.#advance(nowUs);
    const { request } = attempt;
    const { id } = request;
    const page = this.#open.get(request);
    assert(page !== undefined, `invariant 1: a token for the ended request ${id}`);
    assert(page.running.has(attempt), `invariant 1: a token for ${id} of nobody who has it`);
    assert(!page.hasBegun, `invariant 1: request ${id} had two first tokens`);
    page.hasBegun = true;
    this.#began.add(attempt);
  }

  attemptEnded(attempt: Attempt<Work>, nowUs: number): void {
    this.#advance(nowUs);
    const page = this.#pageOf(attempt.request);
    const wasRunning = page.running.delete(attempt);
    assert(wasRunning, `invariant 1: an attempt of ${attempt.request.id} ended twice`);
    if (page.running.size === 0) this.#resting.set(attempt.request, page);
    this.#began.delete(attempt);
    this.#closeRetry(page);
    const { index } = attempt.replica;
    this.#inFlight[index]!.delete(attempt);
    this.#checkCounters(index);
  }

  ended(request: GatewayRequest<Work>, nowUs: number): void {
    this.#advance(nowUs);
    const page = this.#pageOf(request);
    assert(page.running.size === 0, `invariant 1: an attempt of ${request.id} outlives it`);
    this.#closeRetry(page);
    this.#open.delete(request);
    this.#resting.delete(request);
    // A time that was not reached compares as false with everything.
    const { arrivalUs, dispatchedUs, firstTokenUs, endUs } = request;
    const disordered =
      arrivalUs > dispatchedUs || dispatchedUs > firstTokenUs || firstTokenUs > endUs;
    assert(!disordered, `invariant 6: the times of request ${request.id} are out of order`);
  }

  /** Between two events: whoever waits has nobody to go to, or was told to wait. */
  settled(): void {
    if (this.#resting.size === 0) return;
    const isPanic = this.#isPanic;
    const free = this.#replicas.filter(
      ({ index }) => !this.#outside.has(index) && this.#isFree(index, isPanic),
    );
    if (free.length === 0) return;
    for (const [{ id, phase }, { isHeld, seen }] of this.#resting) {
      if (phase !== 'queued' || isHeld) continue;
      const idle = free.find(({ index }) => !seen.has(index));
      assert(idle === undefined, `invariant 8: request ${id} waits, and ${idle?.name} is free`);
    }
  }

  /** When nothing more happens: whoever is left was never sent to anybody who would answer. */
  drained(): void {
    for (const [{ id }, { running }] of this.#open) {
      assert(running.size === 0, `invariant 1: nobody knows what became of request ${id}`);
    }
  }

  closed(): void {
    assert(this.#open.size === 0, `invariant 1: ${this.#open.size} requests without an outcome`);
    assert(this.#retries === 0, `invariant 3: ${this.#retries} retries were never given back`);
    for (const { index } of this.#replicas) this.#checkCounters(index);
  }

  get #isPanic(): boolean {
    const members = this.#replicas.filter(({ index }) => !this.#outside.has(index));
    const healthy = members.filter(({ index }) => !this.#isUnhealthy(index));
    return healthy.length < (this.#policy.health?.panicBelow ?? 0) * members.length;
  }

  #isFree(index: number, isPanic: boolean): boolean {
    const isBarred = this.#isUnhealthy(index) || this.#barred.isOnTrial.has(index);
    const isFull = this.#inFlight[index]!.size >= this.#capOf(this.#replicas[index]!);
    return !isFull && (isPanic || !isBarred);
  }

  #isUnhealthy(index: number): boolean {
    return this.#barred.isDown.has(index) || this.#barred.isEjected.has(index);
  }

  #pageOf(request: GatewayRequest<Work>): Page<Work> {
    const page = this.#open.get(request);
    assert(page !== undefined, `invariant 1: request ${request.id} ended twice`);
    return page;
  }

  #closeRetry(page: Page<Work>): void {
    if (!page.isRetry) return;
    page.isRetry = false;
    this.#retries -= 1;
  }

  #advance(nowUs: number): void {
    assert(nowUs >= this.#clockUs, `invariant 5: from ${this.#clockUs} us back to ${nowUs} us`);
    this.#clockUs = nowUs;
  }

  #checkCounters(index: number): void {
    const replica = this.#replicas[index]!;
    const attempts = this.#inFlight[index]!;
    const sums = { promptTokens: 0, awaiting: 0, awaitingPromptTokens: 0 };
    for (const attempt of attempts) {
      const { promptTokens } = attempt.request;
      sums.promptTokens += promptTokens;
      if (this.#began.has(attempt)) continue;
      sums.awaiting += 1;
      sums.awaitingPromptTokens += promptTokens;
    }
    const equal =
      replica.inFlight === attempts.size &&
      replica.inFlightPromptTokens === sums.promptTokens &&
      replica.awaiting === sums.awaiting &&
      replica.awaitingPromptTokens === sums.awaitingPromptTokens;
    assert(equal, `invariant 2: the counters of ${replica.name} are wrong`);
    assert(!(attempts.size > this.#capOf(replica)), `invariant 2: ${replica.name} has too many`);
  }

  #capOf({ maxNumSeqs }: ReplicaState): number {
    const { maxInFlight } = this.#policy;
    // Comparisons with NaN are false: where nobody has said, there is no limit.
    return maxInFlight === 'maxNumSeqs' ? maxNumSeqs : (maxInFlight ?? Number.NaN);
  }
}
