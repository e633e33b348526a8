import type { Outcome } from '../core/request-record.ts';
import type { RequestLimits } from '../core/slo.ts';
import type { ReplicaView, RequestView } from '../strategies/strategy.ts';
import type { AdmissionTicket } from './admission/admission.ts';
import type { Attempt } from './attempt.ts';

/** What is known of a request when it comes. */
export type NewRequest = Omit<RequestView, 'attempts' | 'prefixHashes'>;

/** Why a request was turned away, and when to come again; NaN if nobody knows. */
export interface Rejection {
  readonly reason:
    | 'concurrency'
    | 'request-rate'
    | 'token-rate'
    | 'prompt-too-long'
    | 'queue-full'
    | 'waited-too-long'
    | 'no-replica'
    | 'strategy';
  readonly retryAfterUs: number;
}

const noHashes = new Float64Array(0);

/**
 * A request from its arrival to its one terminal outcome. The world that serves it hangs its own
 * work on it: the simulator a sequence of tokens, the proxy a pair of sockets.
 */
export class GatewayRequest<Work> implements RequestView {
  readonly id: number;
  readonly tenant: string;
  readonly tier: string | undefined;
  readonly session: number;
  readonly turn: number;
  readonly arrivalUs: number;
  readonly promptTokens: number;
  readonly priority: number;
  readonly adapter: number;
  readonly limits: RequestLimits;
  /** Of its last attempt, or of the one that gave the first token. */
  work: Work;

  phase: 'new' | 'queued' | 'attempt' | 'backoff' | 'ended' = 'new';
  /** The last attempt, or the one that gave the first token. */
  attempt: Attempt<Work> | undefined = undefined;
  /** A second one beside it, while neither has a first token. */
  rival: Attempt<Work> | undefined = undefined;
  prefixHashes: Float64Array = noHashes;
  /** Otherwise its answer comes in one piece, and nothing is heard of it until it is complete. */
  isStreamed = true;
  attempts = 0;
  firstTokenUs = Number.NaN;
  endUs = Number.NaN;
  outcome: Outcome | undefined = undefined;
  rejection: Rejection | undefined = undefined;
  /** Replicas that are out of the question for it, by index. */
  tried: number[] | undefined = undefined;
  /** Whether it takes up a part of the budget for retries. */
  isRetried = false;
  /** What it was charged when it came in. */
  ticket: AdmissionTicket | undefined = undefined;

  /** Neighbours in the gateway's list of requests without an outcome. */
  previous: GatewayRequest<Work> | undefined = undefined;
  next: GatewayRequest<Work> | undefined = undefined;

  constructor(request: NewRequest, work: Work) {
    this.id = request.id;
    this.tenant = request.tenant;
    this.tier = request.tier;
    this.session = request.session;
    this.turn = request.turn;
    this.arrivalUs = request.arrivalUs;
    this.promptTokens = request.promptTokens;
    this.priority = request.priority;
    this.adapter = request.adapter;
    this.limits = request.limits;
    this.work = work;
  }

  get replica(): ReplicaView | undefined {
    return this.attempt?.replica;
  }

  /** When it was last given to a replica. */
  get dispatchedUs(): number {
    return this.attempt?.startedUs ?? Number.NaN;
  }

  /** From now on it is about this attempt alone. */
  standBy(attempt: Attempt<Work>): void {
    this.attempt = attempt;
    this.rival = undefined;
    this.work = attempt.work;
  }

  /** It is not sent to this replica again. */
  exclude({ index }: ReplicaView): void {
    this.tried ??= [];
    if (!this.tried.includes(index)) this.tried.push(index);
  }
}
