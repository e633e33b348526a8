import { assert, fail } from '../core/assert.ts';
import type { Outcome } from '../core/request-record.ts';
import type { ReplicaView, Strategy } from '../strategies/strategy.ts';
import type { Backend } from './backend.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { GatewayInvariants } from './invariants.ts';
import { LiveRequests } from './live-requests.ts';
import { ReplicaState } from './replica-state.ts';

export interface GatewayOptions<Work> {
  readonly replicaNames: readonly string[];
  readonly strategy: Strategy;
  readonly backend: Backend<Work>;
  /** Told once for each request, when it has its outcome. */
  readonly onOutcome: (request: GatewayRequest<Work>) => void;
  /** Checks every transition against the numbered invariants; slow, for tests. */
  readonly checkInvariants: boolean;
}

/**
 * The brain that the simulator and the proxy share. It owns a request from `submit` to its one
 * terminal outcome: new → queued → attempt → ended. It does no I/O and reads no clock; time comes
 * in as an argument, and effects go out through the backend.
 */
export class Gateway<Work> {
  readonly #options: GatewayOptions<Work>;
  readonly #replicas: readonly ReplicaState[];
  /** Those in the pool; a list is never changed once a strategy has seen it. */
  #candidates: readonly ReplicaState[];
  /** A whole group may leave at once, and makes one new list. */
  #isPoolStale = false;
  readonly #live = new LiveRequests<Work>();
  readonly #invariants: GatewayInvariants<Work> | undefined;
  /** Requests the strategy told to wait, or that nobody could take, oldest first. */
  #held: GatewayRequest<Work>[] = [];
  /** While several things change at once: whether those who are held are to be tried after it. */
  #change: { retries: boolean } | undefined;

  constructor(options: GatewayOptions<Work>) {
    assert(options.replicaNames.length > 0, 'a gateway needs replicas');
    this.#options = options;
    this.#replicas = options.replicaNames.map((name, index) => new ReplicaState(index, name));
    this.#candidates = this.#replicas;
    if (options.checkInvariants) this.#invariants = new GatewayInvariants(this.#replicas);
  }

  /** Requests without an outcome yet. */
  get inSystem(): number {
    return this.#live.count;
  }

  /**
   * Nothing more is sent to a replica; what it has it may finish. When none is left in the pool,
   * requests are held until one joins.
   */
  drain(replica: number): void {
    this.#setInPool(replica, false);
  }

  /** From now on a replica is among the candidates, and at once for those who are held. */
  join(replica: number, nowUs: number): void {
    this.#setInPool(replica, true);
    this.#retryHeld(nowUs);
  }

  setWeight(replica: number, weight: number, nowUs: number): void {
    this.#replicas[replica]!.weight = weight;
    this.#retryHeld(nowUs);
  }

  /** All that changes at one instant: those who are held are tried when all of it is done. */
  together(nowUs: number, change: () => void): void {
    const whole = { retries: false };
    this.#change = whole;
    change();
    this.#change = undefined;
    if (whole.retries) this.#retryHeld(nowUs);
  }

  submit(request: GatewayRequest<Work>, nowUs: number): void {
    if (request.phase !== 'new') fail(`request ${request.id} was submitted before`);
    this.#invariants?.admitted(request, nowUs);
    this.#live.add(request);
    request.phase = 'queued';
    if (!this.#tryDispatch(request, nowUs)) this.#held.push(request);
  }

  onFirstToken(request: GatewayRequest<Work>, nowUs: number): void {
    this.#invariants?.firstToken(request, nowUs);
    if (request.phase !== 'attempt') fail(`a token for request ${request.id}, which never began`);
    request.firstTokenUs = nowUs;
    this.#options.strategy.onFirstToken?.(request, request.replica!, nowUs);
  }

  onEnd(request: GatewayRequest<Work>, nowUs: number): void {
    this.#endAttempt(request, 'ok', nowUs);
    this.#retryHeld(nowUs);
  }

  onError(request: GatewayRequest<Work>, nowUs: number): void {
    this.#endAttempt(request, 'failed', nowUs);
    this.#retryHeld(nowUs);
  }

  /** The client went away, or lost its patience. Without effect after the end. */
  cancel(request: GatewayRequest<Work>, outcome: 'cancelled' | 'timeout', nowUs: number): void {
    if (request.phase === 'attempt') {
      this.#options.backend.abort(request, request.replica!, nowUs);
      this.#endAttempt(request, outcome, nowUs);
      this.#retryHeld(nowUs);
    } else if (request.phase === 'queued') {
      this.#held = this.#held.filter((other) => other !== request);
      this.#end(request, outcome, nowUs);
    }
  }

  /** The hard end of a run: whatever still lives is cut off. */
  close(nowUs: number): void {
    this.#held = [];
    for (let request = this.#live.first; request !== undefined; request = this.#live.first) {
      if (request.phase === 'attempt') {
        this.#options.backend.abort(request, request.replica!, nowUs);
        this.#endAttempt(request, 'truncated', nowUs);
      } else {
        this.#end(request, 'truncated', nowUs);
      }
    }
    this.#invariants?.closed();
  }

  /** False when the strategy wants the request to wait. */
  #tryDispatch(request: GatewayRequest<Work>, nowUs: number): boolean {
    const { strategy, backend } = this.#options;
    if (this.#isPoolStale) this.#renewPool();
    if (this.#candidates.length === 0) return false;
    const picked = strategy.pick(request, this.#candidates, nowUs);
    if (picked === 'hold') return false;
    if (picked === 'reject') {
      this.#end(request, 'rejected', nowUs);
      return true;
    }
    // A strategy of the user's may return anything at all.
    const replica = this.#replicas[(picked as ReplicaView | undefined)?.index ?? -1];
    assert(
      replica !== undefined && replica === picked && replica.isInPool,
      'the strategy picked something that is not a candidate',
    );
    // Counted in the same turn as the pick: a later count would let a burst herd onto one replica.
    replica.inFlight += 1;
    replica.inFlightPromptTokens += request.promptTokens;
    request.phase = 'attempt';
    request.replica = replica;
    request.attempts += 1;
    request.dispatchedUs = nowUs;
    this.#invariants?.dispatched(request, nowUs);
    strategy.onDispatched?.(request, replica, nowUs);
    backend.start(request, replica, nowUs);
    return true;
  }

  #endAttempt(request: GatewayRequest<Work>, outcome: Outcome, nowUs: number): void {
    if (request.phase !== 'attempt') fail(`request ${request.id} ended twice or never began`);
    const replica = this.#replicas[request.replica!.index]!;
    replica.inFlight -= 1;
    replica.inFlightPromptTokens -= request.promptTokens;
    this.#options.strategy.onEnded?.(request, replica, nowUs);
    this.#end(request, outcome, nowUs);
  }

  #end(request: GatewayRequest<Work>, outcome: Outcome, nowUs: number): void {
    request.phase = 'ended';
    request.outcome = outcome;
    request.endUs = nowUs;
    this.#live.remove(request);
    this.#invariants?.ended(request, nowUs);
    this.#options.onOutcome(request);
  }

  #setInPool(index: number, isInPool: boolean): void {
    const replica = this.#replicas[index];
    assert(replica !== undefined, `the gateway knows no replica ${index}`);
    replica.isInPool = isInPool;
    this.#invariants?.pooled(index, isInPool);
    this.#isPoolStale = true;
  }

  #renewPool(): void {
    this.#candidates = this.#replicas.filter(({ isInPool }) => isInPool);
    this.#isPoolStale = false;
  }

  #retryHeld(nowUs: number): void {
    if (this.#change !== undefined) {
      this.#change.retries = true;
      return;
    }
    if (this.#held.length === 0) return;
    const waiting = this.#held;
    this.#held = [];
    for (const request of waiting) {
      if (!this.#tryDispatch(request, nowUs)) this.#held.push(request);
    }
  }
}
