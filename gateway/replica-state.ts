import type { ReplicaView } from '../strategies/strategy.ts';
import type { Attempt } from './attempt.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { LastReport } from './reported-load.ts';

/** What is known of a replica before anything was sent to it. */
export interface ReplicaFacts {
  readonly name: string;
  readonly group: string;
  readonly maxNumSeqs: number;
  readonly kvTokens: number;
}

/** The gateway's own book-keeping for a replica, which strategies read as a `ReplicaView`. */
export class ReplicaState implements ReplicaView {
  readonly index: number;
  readonly name: string;
  readonly group: string;
  readonly maxNumSeqs: number;
  readonly kvTokens: number;
  readonly reported = new LastReport();
  inFlight = 0;
  inFlightPromptTokens = 0;
  awaiting = 0;
  awaitingPromptTokens = 0;
  weight = 1;
  joinedUs = 0;
  /** Whether it is in the pool: nothing new is sent to who is not. */
  isInPool = true;
  /** Why it is left alone though it is in the pool. */
  isDown = false;
  isEjected = false;
  /** Back from an ejection; one request is finding out whether it is well. */
  isOnTrial = false;
  /** Whether it has as many requests as it may have. */
  isFull = false;

  constructor(index: number, { group, kvTokens, maxNumSeqs, name }: ReplicaFacts) {
    this.index = index;
    this.name = name;
    this.group = group;
    this.maxNumSeqs = maxNumSeqs;
    this.kvTokens = kvTokens;
  }

  sent({ promptTokens }: GatewayRequest<unknown>): void {
    this.inFlight += 1;
    this.inFlightPromptTokens += promptTokens;
    this.awaiting += 1;
    this.awaitingPromptTokens += promptTokens;
    this.reported.sentSince += 1;
    this.reported.sentPromptTokensSince += promptTokens;
  }

  began({ promptTokens }: GatewayRequest<unknown>): void {
    this.awaiting -= 1;
    this.awaitingPromptTokens -= promptTokens;
  }

  ended({ request, state }: Attempt<unknown>): void {
    if (state === 'awaiting') this.began(request);
    this.inFlight -= 1;
    this.inFlightPromptTokens -= request.promptTokens;
    this.reported.endedSince += 1;
  }
}
