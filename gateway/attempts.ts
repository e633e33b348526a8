import { assert, fail } from '../core/assert.ts';
import type { AttemptEnd, Strategy } from '../strategies/strategy.ts';
import { Attempt } from './attempt.ts';
import type { AttemptWatcher, Verdict } from './attempt-watcher.ts';
import type { Backend } from './backend.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { GatewayInvariants } from './invariants.ts';
import type { Pool } from './pool.ts';
import type { ReplicaState } from './replica-state.ts';

/** What a replica says at the end of an answer. */
export interface Usage extends Pick<AttemptEnd, 'cachedTokens' | 'outputTokens'> {
  /** NaN or absent where only what was known before is known. */
  readonly promptTokens?: number;
}

export const unknownUsage: Usage = { outputTokens: Number.NaN, cachedTokens: Number.NaN };

export interface AttemptsOptions<Work> {
  readonly strategy: Strategy;
  readonly backend: Backend<Work>;
  readonly pool: Pool;
  readonly invariants: GatewayInvariants<Work> | undefined;
  /** Whether the list of candidates may be shorter than the pool. */
  readonly isChoosy: boolean;
}

/** Begins and ends attempts: counts them, and tells everybody who wants to know. */
export class Attempts<Work> {
  /** They are told in this order. */
  readonly watchers: AttemptWatcher<Work>[] = [];
  readonly #options: AttemptsOptions<Work>;
  /** Lent to the strategy, and the same each time. */
  readonly #end: { -readonly [K in keyof AttemptEnd]: AttemptEnd[K] } = {
    outcome: 'ok',
    ...unknownUsage,
  };

  constructor(options: AttemptsOptions<Work>) {
    this.#options = options;
  }

  pick(
    request: GatewayRequest<Work>,
    candidates: readonly ReplicaState[],
    nowUs: number,
  ): ReplicaState | 'hold' | 'reject' {
    const { invariants, isChoosy, pool, strategy } = this.#options;
    const picked = strategy.pick(request, candidates, nowUs);
    if (picked === 'hold') invariants?.held(request);
    if (picked === 'hold' || picked === 'reject') return picked;
    // A strategy of the user's may return anything at all.
    const replica = pool.member((picked as typeof picked | undefined)?.index ?? -1);
    assert(
      replica !== undefined && replica === picked && (!isChoosy || candidates.includes(replica)),
      'the strategy picked something that is not a candidate',
    );
    return replica;
  }

  /** Counted in the turn of the pick: a later count would let a burst herd onto one replica. */
  start(request: GatewayRequest<Work>, replica: ReplicaState, nowUs: number): Attempt<Work> {
    const { backend, invariants, pool, strategy } = this.#options;
    if (request.attempts > 0) request.work = backend.again!(request.work);
    const attempt = new Attempt(request, replica, nowUs);
    replica.sent(request);
    pool.onLoad(replica);
    request.phase = 'attempt';
    request.attempt = attempt;
    request.attempts += 1;
    invariants?.dispatched(attempt, nowUs);
    strategy.onDispatched?.(request, replica, nowUs);
    for (const watcher of this.watchers) watcher.dispatched?.(attempt, nowUs);
    backend.start(attempt, nowUs);
    return attempt;
  }

  began(attempt: Attempt<Work>, nowUs: number, isToken: boolean): void {
    const { replica, request } = attempt;
    this.#options.invariants?.firstToken(attempt, nowUs);
    if (attempt.state !== 'awaiting') fail(`a token for request ${request.id}, which never began`);
    attempt.state = 'began';
    request.firstTokenUs = nowUs;
    replica.began(request);
    if (isToken) this.#options.strategy.onFirstToken?.(request, replica, nowUs);
    for (const watcher of this.watchers) watcher.began?.(attempt, nowUs);
  }

  end(
    attempt: Attempt<Work>,
    outcome: AttemptEnd['outcome'],
    verdict: Verdict,
    nowUs: number,
    { cachedTokens, outputTokens }: Usage = unknownUsage,
  ): void {
    const { replica, request } = attempt;
    const { invariants, pool, strategy } = this.#options;
    const isRunning = attempt.state !== 'ended' && request.phase === 'attempt';
    if (!isRunning) fail(`request ${request.id} ended twice or never began`);
    replica.ended(attempt);
    pool.onLoad(replica);
    const hadBegun = attempt.state === 'began';
    attempt.state = 'ended';
    invariants?.attemptEnded(attempt, nowUs);
    const end = this.#end;
    end.outcome = outcome === 'failed' && hadBegun ? 'broken' : outcome;
    end.outputTokens = outputTokens;
    end.cachedTokens = cachedTokens;
    strategy.onEnded?.(request, replica, end, nowUs);
    for (const watcher of this.watchers) {
      watcher.ended?.(attempt, verdict, nowUs, outputTokens, end.outcome);
    }
  }

  /** The first of two to begin has won. */
  keepOnly(winner: Attempt<Work>, nowUs: number): void {
    const { request } = winner;
    const loser = request.attempt === winner ? request.rival! : request.attempt!;
    request.standBy(winner);
    this.abort(loser, 'outrun', 'neutral', nowUs);
  }

  /** Nobody waits for it any more. */
  abort(
    attempt: Attempt<Work>,
    outcome: AttemptEnd['outcome'],
    verdict: Verdict,
    nowUs: number,
  ): void {
    this.#options.backend.abort(attempt, nowUs);
    this.end(attempt, outcome, verdict, nowUs);
  }
}
