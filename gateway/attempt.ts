import type { GatewayRequest } from './gateway-request.ts';
import type { ReplicaState } from './replica-state.ts';
import type { Alarm } from './timers.ts';

/**
 * One try of a request at one replica. A backend answers for the attempt, not for the request: a
 * request may have had others before it, or has a second one beside it.
 */
export class Attempt<Work> {
  readonly request: GatewayRequest<Work>;
  readonly replica: ReplicaState;
  /** What the backend does for this attempt and no other. */
  readonly work: Work;
  readonly startedUs: number;
  /** `awaiting` its first token. */
  state: 'awaiting' | 'began' | 'ended' = 'awaiting';
  /** The next look at whether it takes too long. */
  alarm: Alarm | undefined = undefined;

  constructor(request: GatewayRequest<Work>, replica: ReplicaState, nowUs: number) {
    this.request = request;
    this.replica = replica;
    this.work = request.work;
    this.startedUs = nowUs;
  }
}

/**
 * `failed`: another replica may do better. `faulty`: the replica is to blame, and yet the answer
 * stands, because the request may be what it cannot bear. `refused`: its client is to blame.
 */
export type Failure = 'failed' | 'faulty' | 'refused';
