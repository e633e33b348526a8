import type { Outcome } from '../core/request-record.ts';
import type { RequestLimits } from '../core/slo.ts';
import type { ReplicaView, RequestView } from '../strategies/strategy.ts';

/** What is known of a request when it comes. */
export type NewRequest = Omit<RequestView, 'attempts' | 'prefixHashes'>;

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
  readonly work: Work;

  phase: 'new' | 'queued' | 'attempt' | 'ended' = 'new';
  replica: ReplicaView | undefined = undefined;
  prefixHashes: Float64Array = noHashes;
  attempts = 0;
  dispatchedUs = Number.NaN;
  firstTokenUs = Number.NaN;
  endUs = Number.NaN;
  outcome: Outcome | undefined = undefined;

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
}
