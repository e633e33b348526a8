import { assert, fail } from '../core/assert.ts';
import type { Outcome } from '../core/request-record.ts';
import type { Attempt, Failure } from './attempt.ts';
import type { Overdue } from './attempt-timeouts.ts';
import { type Usage, unknownUsage } from './attempts.ts';
import type { ProbeListener } from './backend.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { createParts, type GatewayParts } from './gateway-parts.ts';
import type { GatewayRequest, Rejection } from './gateway-request.ts';
import { LiveRequests } from './live-requests.ts';
import { latestDispatchUs } from './queue/latest-dispatch.ts';
import { type ReplicaFacts, ReplicaState } from './replica-state.ts';
import { Signals } from './signals.ts';

/**
 * The brain that the simulator and the proxy share. It owns a request from `submit` to its one
 * terminal outcome: new → queued → attempt → ended, with a back-off before it is queued again. It
 * reads no clock and does no I/O: time is an argument, and effects go out through the backend.
 */
export class Gateway<Work> implements ProbeListener {
  readonly invariants: GatewayParts<Work>['invariants'];
  /** What replicas tell of their prefix caches goes in here. */
  readonly kvEvents: GatewayParts<Work>['kvEvents'];
  readonly signals: Signals;
  readonly #options: GatewayOptions<Work>;
  readonly #replicas: ReplicaState[];
  readonly #live = new LiveRequests<Work>();
  readonly #parts: GatewayParts<Work>;
  #isChanging = false;

  constructor(options: GatewayOptions<Work>) {
    assert(options.replicas.length > 0, 'a gateway needs replicas');
    this.#options = options;
    this.#replicas = options.replicas.map((facts, index) => new ReplicaState(index, facts));
    this.#parts = createParts(options, this.#replicas, {
      inSystem: () => this.#live.count,
      giveUp: (attempt, what, nowUs) => this.#giveUp(attempt, what, nowUs),
      hedge: (attempt, nowUs) => this.#hedge(attempt, nowUs),
      onProbe: (replica, isHealthy, nowUs) => this.onProbe(replica, isHealthy, nowUs),
    });
    this.signals = new Signals(this.#replicas, options.strategy);
    this.invariants = this.#parts.invariants;
    this.kvEvents = this.#parts.kvEvents;
  }

  /** Requests without an outcome yet. */
  get inSystem(): number {
    return this.#live.count;
  }

  get waiting(): number {
    return this.#parts.queue.length;
  }

  /** Live, and by index; for whoever shows them. */
  get replicas(): readonly Readonly<ReplicaState>[] {
    return this.#replicas;
  }

  /** A replica that was not known before; it takes requests once it has joined. */
  add(facts: ReplicaFacts): number {
    const index = this.#replicas.length;
    const state = new ReplicaState(index, facts);
    state.isInPool = false;
    this.#replicas.push(state);
    this.invariants?.pooled(index, false);
    return index;
  }

  /**
   * Nothing more is sent to a replica; what it has it may finish. When none is left in the pool,
   * requests are held until one joins. Those that are left may be too few to be choosy about.
   */
  drain(replica: number, nowUs: number): void {
    this.#parts.pool.leave(replica, nowUs);
    this.#offer(nowUs);
  }

  /** From now on a replica is among the candidates, and at once for those who are held. */
  join(replica: number, nowUs: number): void {
    this.#parts.pool.join(replica, nowUs);
    this.#offer(nowUs);
  }

  setWeight(replica: number, weight: number, nowUs: number): void {
    this.#parts.pool.setWeight(replica, weight);
    this.#offer(nowUs);
  }

  /** A health check was answered. */
  onProbe(replica: number, isHealthy: boolean, nowUs: number): void {
    this.#parts.checks?.onResult(replica, isHealthy, nowUs);
    this.#offer(nowUs);
  }

  /** Does what was to be done by now; the clock calls it. */
  wake(nowUs: number): void {
    this.#parts.timers.run(nowUs);
    this.#offer(nowUs);
  }

  /** Replicas are checked no more, so that a run can come to its end. */
  stopChecks(): void {
    this.#parts.checks?.stop();
  }

  /** All that changes at one instant: those who wait are tried when all of it is done. */
  together(nowUs: number, change: () => void): void {
    this.#isChanging = true;
    change();
    this.#isChanging = false;
    this.#offer(nowUs);
  }

  submit(request: GatewayRequest<Work>, nowUs: number): void {
    if (request.phase !== 'new') fail(`request ${request.id} was submitted before`);
    const { admission, invariants } = this.#parts;
    invariants?.admitted(request, nowUs);
    this.#live.add(request);
    request.phase = 'queued';
    const rejection = admission?.enter(request, nowUs);
    if (rejection !== undefined) this.#refuse(request, rejection, nowUs);
    else if (!this.#tryDispatch(request, nowUs)) this.#wait(request, nowUs);
  }

  /** `isToken` is false for an answer in one piece, which says nothing of its first token. */
  onFirstToken(attempt: Attempt<Work>, nowUs: number, isToken = true): void {
    const hadRival = attempt.request.rival !== undefined;
    if (hadRival) this.#parts.attempts.keepOnly(attempt, nowUs);
    this.#parts.attempts.began(attempt, nowUs, isToken);
    // The replica of the rival has room, and who was on trial may take others now.
    if (hadRival || this.#parts.policy.health !== undefined) this.#offer(nowUs);
  }

  /** The answer is complete, and its usage says how long it was and how much was in a cache. */
  onEnd(attempt: Attempt<Work>, usage: Usage, nowUs: number): void {
    const { request } = attempt;
    if (request.rival !== undefined) this.#parts.attempts.keepOnly(attempt, nowUs);
    this.#parts.attempts.end(attempt, 'ok', 'ok', nowUs, usage);
    this.#end(request, 'ok', nowUs, usage);
    this.#offer(nowUs);
  }

  onError(attempt: Attempt<Work>, nowUs: number, failure: Failure = 'failed'): void {
    const isRefused = failure === 'refused';
    const outcome = isRefused ? 'refused' : 'failed';
    this.#parts.attempts.end(attempt, outcome, isRefused ? 'neutral' : 'failed', nowUs);
    this.#goOn(attempt, failure === 'failed', nowUs);
    this.#offer(nowUs);
  }

  /** The client went away, or lost its patience. Without effect after the end. */
  cancel(request: GatewayRequest<Work>, outcome: 'cancelled' | 'timeout', nowUs: number): void {
    if (request.phase === 'ended' || request.phase === 'new') return;
    const wasRunning = request.phase === 'attempt';
    this.#cutOff(request, outcome, nowUs);
    if (wasRunning) this.#offer(nowUs);
  }

  /** The hard end of a run: whatever still lives is cut off. */
  close(nowUs: number): void {
    this.#parts.queue.clear();
    for (let request = this.#live.first; request !== undefined; request = this.#live.first) {
      this.#cutOff(request, 'truncated', nowUs);
    }
    this.#parts.invariants?.closed();
  }

  /** False when it has to wait. */
  #tryDispatch(request: GatewayRequest<Work>, nowUs: number): boolean {
    const { attempts, pool } = this.#parts;
    const candidates = pool.candidatesFor(request, nowUs);
    if (candidates.length === 0) {
      // Whoever had not seen it may have left while it waited.
      const isHopeless = request.tried !== undefined && !pool.hasUntried(request);
      if (isHopeless) this.#end(request, 'failed', nowUs);
      else if (pool.rejectsAll) this.#refuseFor('no-replica', request, nowUs);
      return isHopeless || pool.rejectsAll;
    }
    const picked = attempts.pick(request, candidates, nowUs);
    if (picked === 'hold') return false;
    if (picked === 'reject') this.#refuseFor('strategy', request, nowUs);
    else attempts.start(request, picked, nowUs);
    return true;
  }

  #wait(request: GatewayRequest<Work>, nowUs: number): void {
    const { policy, queue, timers } = this.#parts;
    if (queue.length >= (policy.queue?.maxLength ?? Number.POSITIVE_INFINITY)) {
      this.#refuseFor('queue-full', request, nowUs);
      return;
    }
    queue.add(request);
    const { attempts } = request;
    timers.at(latestDispatchUs(policy, request, nowUs), (thenUs) => {
      if (request.phase !== 'queued' || request.attempts !== attempts) return;
      queue.remove(request);
      this.#refuseFor('waited-too-long', request, thenUs);
    });
  }

  #offer(nowUs: number): void {
    const { pool, queue } = this.#parts;
    if (queue.length === 0 || this.#isChanging) return;
    queue.offer(
      (request) => request.phase !== 'queued' || this.#tryDispatch(request, nowUs),
      () => pool.isOpen || pool.rejectsAll,
    );
  }

  #refuseFor(reason: Rejection['reason'], request: GatewayRequest<Work>, nowUs: number): void {
    const retryAfterUs = this.#parts.policy.queue?.retryAfterUs ?? Number.NaN;
    this.#refuse(request, { reason, retryAfterUs }, nowUs);
  }

  /** A request that a replica has seen was not refused: its attempt came to nothing. */
  #refuse(request: GatewayRequest<Work>, rejection: Rejection, nowUs: number): void {
    request.rejection = rejection;
    this.#end(request, request.attempts === 0 ? 'rejected' : 'failed', nowUs);
  }

  /** After a failed attempt: there is another one already, or will be, or that was it. */
  #goOn(attempt: Attempt<Work>, mayRetry: boolean, nowUs: number): void {
    const { request } = attempt;
    const { invariants, policy, pool, retries, timers } = this.#parts;
    request.exclude(attempt.replica);
    if (request.rival !== undefined) {
      request.standBy(request.attempt === attempt ? request.rival : request.attempt!);
      return;
    }
    let againUs = Number.POSITIVE_INFINITY;
    if (mayRetry && retries !== undefined && Number.isNaN(request.firstTokenUs)) {
      if (pool.hasUntried(request)) againUs = nowUs + retries.backoffUs(request, this.inSystem);
    }
    // Nor is anything sent again when there would be no time left for it.
    if (againUs >= latestDispatchUs(policy, request, againUs)) {
      this.#end(request, 'failed', nowUs);
    } else {
      invariants?.retryPlanned(request, nowUs);
      request.phase = 'backoff';
      timers.at(againUs, (thenUs) => this.#resume(request, thenUs));
    }
  }

  #resume(request: GatewayRequest<Work>, nowUs: number): void {
    if (request.phase !== 'backoff') return;
    request.phase = 'queued';
    if (!this.#tryDispatch(request, nowUs)) this.#wait(request, nowUs);
  }

  #hedge(attempt: Attempt<Work>, nowUs: number): Attempt<Work> | undefined {
    const { request } = attempt;
    request.exclude(attempt.replica);
    const { attempts, pool } = this.#parts;
    const candidates = pool.candidatesFor(request, nowUs);
    const picked = candidates.length > 0 ? attempts.pick(request, candidates, nowUs) : 'hold';
    if (picked === 'hold' || picked === 'reject') return undefined;
    const second = attempts.start(request, picked, nowUs);
    request.rival = attempt;
    return second;
  }

  #giveUp(attempt: Attempt<Work>, what: Overdue, nowUs: number): void {
    if (what === 'request') {
      this.#cutOff(attempt.request, 'failed', nowUs);
      return;
    }
    this.#parts.attempts.abort(attempt, 'failed', 'failed', nowUs);
    this.#goOn(attempt, true, nowUs);
  }

  #cutOff(
    request: GatewayRequest<Work>,
    outcome: Exclude<Outcome, 'ok' | 'rejected'>,
    nowUs: number,
  ): void {
    const { attempt, phase, rival } = request;
    const { attempts, queue } = this.#parts;
    if (phase === 'queued') queue.remove(request);
    if (rival !== undefined) attempts.abort(rival, outcome, 'neutral', nowUs);
    if (phase === 'attempt') attempts.abort(attempt!, outcome, 'neutral', nowUs);
    this.#end(request, outcome, nowUs);
  }

  #end(request: GatewayRequest<Work>, outcome: Outcome, nowUs: number, usage = unknownUsage): void {
    const { admission, invariants, retries } = this.#parts;
    request.phase = 'ended';
    request.outcome = outcome;
    request.endUs = nowUs;
    this.#live.remove(request);
    retries?.release(request);
    admission?.leave(request, usage, nowUs);
    invariants?.ended(request, nowUs);
    this.#options.onOutcome(request);
  }
}
