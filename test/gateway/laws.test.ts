import { describe, expect, test } from 'vitest';
import { Attempt } from '../../gateway/attempt.ts';
import type { GatewayRequest } from '../../gateway/gateway-request.ts';
import { GatewayInvariants } from '../../gateway/invariants.ts';
import type { GatewayPolicy } from '../../gateway/policy.ts';
import { ReplicaState } from '../../gateway/replica-state.ts';
import { newRequest, unknownReplicas } from '../support/views.ts';

// The books are kept apart from the gateway's, so a gateway that does something wrong is caught by
// them alone. Here one does, step by step.

const retries = { most: 2, backoffUs: 0, maxBackoffUs: 0, share: 0.2, atLeast: 3 };

class WrongGateway {
  readonly replicas = unknownReplicas(4).map((facts, index) => new ReplicaState(index, facts));
  readonly laws: GatewayInvariants<null>;
  #nextId = 0;

  constructor(policy: GatewayPolicy = { retries }) {
    this.laws = new GatewayInvariants(this.replicas, policy);
  }

  admit(): GatewayRequest<null> {
    const request = newRequest(this.#nextId++);
    this.laws.admitted(request, 0);
    return request;
  }

  send(request: GatewayRequest<null>, index: number): Attempt<null> {
    const attempt = new Attempt(request, this.replicas[index]!, 0);
    request.attempt = attempt;
    attempt.replica.sent(request);
    this.laws.dispatched(attempt, 0);
    return attempt;
  }

  begin(attempt: Attempt<null>): void {
    attempt.replica.began(attempt.request);
    attempt.state = 'began';
    this.laws.firstToken(attempt, 0);
    attempt.request.firstTokenUs = 0;
  }

  end(attempt: Attempt<null>): void {
    attempt.replica.ended(attempt);
    attempt.state = 'ended';
    this.laws.attemptEnded(attempt, 0);
  }

  failed(index: number): GatewayRequest<null> {
    const request = this.admit();
    this.end(this.send(request, index));
    return request;
  }
}

describe('a gateway is caught', () => {
  test.each<[what: string, act: (gateway: WrongGateway) => void, law: string]>([
    [
      'that sends again what has begun',
      (gateway) => {
        const attempt = gateway.send(gateway.admit(), 0);
        gateway.begin(attempt);
        gateway.end(attempt);
        gateway.laws.retryPlanned(attempt.request, 0);
      },
      'invariant 3: a retry of 0, which had begun',
    ],
    [
      'that sends again without having planned it',
      (gateway) => gateway.send(gateway.failed(0), 1),
      'invariant 3: nobody meant to send request 0 again',
    ],
    [
      'that sends again to the same replica',
      (gateway) => {
        const request = gateway.failed(0);
        gateway.laws.retryPlanned(request, 0);
        gateway.send(request, 0);
      },
      'invariant 3: request 0 was there before',
    ],
    [
      'that sends again once too often',
      (gateway) => {
        const request = gateway.failed(0);
        for (const index of [1, 2]) {
          gateway.laws.retryPlanned(request, 0);
          gateway.end(gateway.send(request, index));
        }
        gateway.laws.retryPlanned(request, 0);
      },
      'invariant 3: too many retries of 0',
    ],
    [
      'that sends more again than the budget',
      (gateway) => {
        for (let i = 0; i < 4; i++) gateway.laws.retryPlanned(gateway.failed(0), 0);
      },
      'invariant 3: the retry of 3 is beyond the budget',
    ],
    [
      'that plans to send again what is still running',
      (gateway) => gateway.laws.retryPlanned(gateway.send(gateway.admit(), 0).request, 0),
      'invariant 3: a retry of 0, which is still running',
    ],
    [
      'that hedges without a policy',
      (gateway) => {
        const request = gateway.admit();
        gateway.send(request, 0);
        gateway.send(request, 1);
      },
      'invariant 3: nobody meant',
    ],
    [
      'that forgets an attempt',
      (gateway) => gateway.laws.ended(gateway.send(gateway.admit(), 0).request, 0),
      'invariant 1: an attempt of 0 outlives it',
    ],
    [
      'that ends an attempt twice',
      (gateway) => {
        const attempt = gateway.send(gateway.admit(), 0);
        gateway.end(attempt);
        gateway.laws.attemptEnded(attempt, 0);
      },
      'invariant 1: an attempt of 0 ended twice',
    ],
    [
      'that loses the release of a counter',
      (gateway) => gateway.laws.attemptEnded(gateway.send(gateway.admit(), 0), 0),
      'invariant 2: the counters of r-1 are wrong',
    ],
    [
      'that never gives back a part of the budget',
      (gateway) => {
        const request = gateway.failed(0);
        gateway.laws.retryPlanned(request, 0);
        gateway.laws.ended(request, 0);
        gateway.laws.retryPlanned(gateway.failed(0), 0);
        gateway.laws.closed();
      },
      'invariant 1: 1 requests without an outcome',
    ],
    [
      'that forgets what has begun, and sends it again',
      (gateway) => {
        const attempt = gateway.send(gateway.admit(), 0);
        gateway.begin(attempt);
        gateway.end(attempt);
        attempt.request.firstTokenUs = Number.NaN;
        gateway.laws.retryPlanned(attempt.request, 0);
      },
      'invariant 3: a retry of 0, which had begun',
    ],
    [
      'that lets wait who could be sent',
      (gateway) => {
        gateway.admit().phase = 'queued';
        gateway.laws.settled();
      },
      'invariant 8: request 0 waits, and r-1 is free',
    ],
    [
      'that never hears of an attempt again',
      (gateway) => {
        gateway.send(gateway.admit(), 0);
        gateway.laws.drained();
      },
      'invariant 1: nobody knows what became of request 0',
    ],
  ])('%s', (_what, act, law) => {
    expect(() => act(new WrongGateway())).toThrow(law);
  });

  test('that sends to who is down or ejected, unless most of them are', () => {
    const health = { panicBelow: 0.5 };
    for (const bar of ['isDown', 'isEjected'] as const) {
      const gateway = new WrongGateway({ health });
      gateway.laws.barred(2, bar, true);
      const law = 'invariant 4: request 0 went to r-3, which is down or ejected';
      expect(() => gateway.send(gateway.admit(), 2)).toThrow(law);
    }
    const panicking = new WrongGateway({ health });
    for (const index of [0, 1, 2]) panicking.laws.barred(index, 'isDown', true);
    panicking.send(panicking.admit(), 2);
    // Two of three in the pool are healthy, once the others have left.
    panicking.laws.pooled(0, false);
    panicking.laws.barred(1, 'isDown', false);
    expect(() => panicking.send(panicking.admit(), 2)).toThrow('invariant 4');
  });

  test('that sends more to a replica than it may have', () => {
    const gateway = new WrongGateway({ maxInFlight: 1 });
    gateway.send(gateway.admit(), 0);
    expect(() => gateway.send(gateway.admit(), 0)).toThrow('invariant 2: r-1 has too many');
  });
});

test('to wait is no wrong where nobody is free, or where the strategy has said so', () => {
  const gateway = new WrongGateway({ maxInFlight: 1, health: { panicBelow: 0.5 } });
  const { laws } = gateway;
  gateway.send(gateway.admit(), 0);
  laws.barred(1, 'isOnTrial', true);
  laws.barred(2, 'isDown', true);
  laws.pooled(3, false);
  const waiting = gateway.admit();
  waiting.phase = 'queued';
  laws.settled();
  laws.barred(1, 'isOnTrial', false);
  expect(() => laws.settled()).toThrow('invariant 8: request 1 waits, and r-2 is free');
  laws.held(waiting);
  laws.settled();
});
