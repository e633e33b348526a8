import type { GatewayRequest } from '../gateway/gateway-request.ts';
import type { ClientAnswer } from './client/client-answer.ts';
import type { Leg } from './leg.ts';
import type { ResponseHead, UpstreamFailure, UpstreamRequest } from './upstream/transport.ts';

/** An answer that says that something went wrong, kept in case that nothing better comes. */
export interface ErrorAnswer {
  readonly head: ResponseHead;
  readonly body: Buffer;
}

export interface ExchangeOptions {
  readonly requestId: string;
  readonly tenant: string;
  readonly upstream: UpstreamRequest;
  readonly answer: ClientAnswer;
  readonly arrivalUs: number;
  /** Whether the answer tells what the gateway did. */
  readonly tellsStory: boolean;
}

/** What one client asked for and what it gets, over all attempts. */
export class Exchange {
  readonly requestId: string;
  readonly tenant: string;
  readonly upstream: UpstreamRequest;
  readonly answer: ClientAnswer;
  readonly arrivalUs: number;
  readonly #tellsStory: boolean;
  request: GatewayRequest<Leg> | undefined = undefined;
  lastError: ErrorAnswer | undefined = undefined;
  lastFailure: UpstreamFailure | undefined = undefined;

  constructor(options: ExchangeOptions) {
    this.requestId = options.requestId;
    this.tenant = options.tenant;
    this.upstream = options.upstream;
    this.answer = options.answer;
    this.arrivalUs = options.arrivalUs;
    this.#tellsStory = options.tellsStory;
  }

  /** What the answer says besides what the replica said. */
  ownHeaders(): string[] {
    const headers = ['x-request-id', this.requestId];
    const { request } = this;
    if (!this.#tellsStory || request === undefined) return headers;
    const { attempts, dispatchedUs, replica } = request;
    if (replica !== undefined) headers.push('x-fairlead-replica', replica.name);
    headers.push('x-fairlead-attempts', String(attempts));
    const queueUs = dispatchedUs - this.arrivalUs;
    if (!Number.isNaN(queueUs)) headers.push('x-fairlead-queue-ms', inMs(queueUs));
    return headers;
  }
}

function inMs(us: number): string {
  return (us / 1_000).toFixed(3);
}
