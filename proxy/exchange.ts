import type { GatewayRequest } from '../gateway/gateway-request.ts';
import type { AnswerTail } from './client/answer-tail.ts';
import type { ClientAnswer } from './client/client-answer.ts';
import type { Client } from './config/proxy-setup.ts';
import type { Leg } from './leg.ts';
import type { PromptFeatures } from './prompt/prompt-features.ts';
import type { ResponseHead, UpstreamFailure, UpstreamRequest } from './upstream/transport.ts';

/** An answer that says that something went wrong, kept in case that nothing better comes. */
export interface ErrorAnswer {
  readonly head: ResponseHead;
  readonly body: Buffer;
}

export interface ExchangeOptions {
  readonly requestId: string;
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly client: Client;
  /** Whether the client has said who it is, where it has to. */
  readonly isKnown: boolean;
  readonly answer: ClientAnswer;
  readonly arrivalUs: number;
  /** Whether the answer tells what the gateway did. */
  readonly tellsStory: boolean;
}

/** What one client asked for and what it gets, over all attempts. */
export class Exchange {
  readonly facts: ExchangeOptions;
  /** Once its body was read. */
  upstream: UpstreamRequest | undefined = undefined;
  /** Once the gateway has it. */
  request: GatewayRequest<Leg> | undefined = undefined;
  /** Tells the gateway that nobody waits any more. */
  cancel: (() => void) | undefined = undefined;
  /** What its body says. */
  features: PromptFeatures | undefined = undefined;
  /** When it went to the gateway. */
  submittedUs = Number.NaN;
  /** How the replica of the last attempt came to be chosen. */
  reason: 'first' | 'queued' | 'retry' | 'hedge' | undefined = undefined;
  /** Whether its client is. */
  isGone = false;
  /** Attempts on their way. */
  running = 0;
  lastError: ErrorAnswer | undefined = undefined;
  lastFailure: UpstreamFailure | undefined = undefined;
  /** The client has a part of a chunk and will never get the rest. */
  isCut = false;
  /** The last of what the client has of an answer that broke off. */
  cutTail: AnswerTail | undefined = undefined;
  errorCode: string | undefined = undefined;
  /** The last of the answer that the client got. */
  tail: AnswerTail | undefined = undefined;

  constructor(facts: ExchangeOptions) {
    this.facts = facts;
  }

  get answer(): ClientAnswer {
    return this.facts.answer;
  }

  /** What the answer says besides what the replica said. */
  ownHeaders(): string[] {
    const { facts, request } = this;
    const headers = ['x-request-id', facts.requestId];
    if (!facts.tellsStory || request === undefined) return headers;
    if (request.replica !== undefined) {
      headers.push('x-fairlead-replica', request.replica.name);
      headers.push('x-fairlead-reason', this.reason ?? 'first');
      headers.push('x-fairlead-queue-ms', inMs(request.dispatchedUs - request.arrivalUs));
    }
    headers.push('x-fairlead-overhead-ms', inMs(this.overheadUs));
    return headers;
  }

  /** From the arrival of the head to the gateway: reading the body, and what it says. */
  get overheadUs(): number {
    return this.submittedUs - this.facts.arrivalUs;
  }

  /** The answer is complete, or there is nobody left to read it. */
  onClosed(): void {
    this.isGone = true;
    if (this.request?.outcome === undefined) this.cancel?.();
  }
}

function inMs(us: number): string {
  return (us / 1_000).toFixed(3);
}
