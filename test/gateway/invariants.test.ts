import { expect, test } from 'vitest';
import type { Backend } from '../../gateway/backend.ts';
import { Gateway } from '../../gateway/gateway.ts';
import type { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { anyUsage, newRequest, replicaView, unknownReplicas } from '../support/views.ts';

// What the checks are worth is shown by what they catch: worlds and strategies that break a law.

const firstReplica: Strategy = { pick: (_request, candidates) => candidates[0]! };

class Rig {
  readonly outcomes: string[] = [];
  readonly started: number[] = [];
  readonly aborted: number[] = [];
  readonly gateway: Gateway<null>;
  #nextId = 0;

  constructor(strategy: Strategy = firstReplica) {
    const backend: Backend<null> = {
      start: ({ request }) => this.started.push(request.id),
      abort: ({ request }) => this.aborted.push(request.id),
    };
    this.gateway = new Gateway({
      replicas: unknownReplicas(2),
      strategy,
      backend,
      onOutcome: ({ id, outcome }) => this.outcomes.push(`${id} ${outcome}`),
      checkInvariants: true,
    });
  }

  submit(nowUs: number, arrivalUs = nowUs): GatewayRequest<null> {
    const request = newRequest(this.#nextId++, arrivalUs);
    this.gateway.submit(request, nowUs);
    return request;
  }
}

test('a request goes through its life and has one outcome', () => {
  const rig = new Rig();
  const request = rig.submit(1);
  rig.gateway.onFirstToken(request.attempt!, 2);
  rig.gateway.onEnd(request.attempt!, anyUsage, 3);
  rig.gateway.close(4);
  expect(rig.outcomes).toEqual(['0 ok']);
  expect(request).toMatchObject({ phase: 'ended', attempts: 1, dispatchedUs: 1, endUs: 3 });
});

test('the hard end cuts off what lives, running and held', () => {
  let hold = false;
  const rig = new Rig({ pick: (_request, candidates) => (hold ? 'hold' : candidates[0]!) });
  rig.submit(1);
  hold = true;
  rig.submit(2);
  rig.gateway.close(3);
  expect(rig.outcomes).toEqual(['0 truncated', '1 truncated']);
  expect(rig.aborted).toEqual([0]);
});

test('a held request is offered again, oldest first, whenever something ends', () => {
  const rig = new Rig({
    pick: (_request, candidates) => candidates.find(({ inFlight }) => inFlight === 0) ?? 'hold',
  });
  const [first] = [rig.submit(1), rig.submit(1), rig.submit(2), rig.submit(3)];
  expect(rig.started).toEqual([0, 1]);
  rig.gateway.onEnd(first!.attempt!, anyUsage, 5);
  expect(rig.started).toEqual([0, 1, 2]);
});

test('strategies are told what happened to their picks', () => {
  const told: string[] = [];
  const rig = new Rig({
    ...firstReplica,
    onDispatched: ({ id }, { name, inFlight }, nowUs) =>
      told.push(`${id} ${name} ${inFlight} ${nowUs}`),
    onFirstToken: ({ id }, { name }, nowUs) => told.push(`${id} ${name} token ${nowUs}`),
    onEnded: ({ id }, { inFlight }, { outcome }, nowUs) =>
      told.push(`${id} ${outcome} ${inFlight} ${nowUs}`),
  });
  const request = rig.submit(1);
  rig.gateway.onFirstToken(request.attempt!, 4);
  rig.gateway.onError(request.attempt!, 9);
  expect(told).toEqual(['0 r-1 1 1', '0 r-1 token 4', '0 broken 0 9']);
  expect(rig.outcomes).toEqual(['0 failed']);
});

const broken: [law: string, act: (rig: Rig) => void, message: RegExp][] = [
  [
    'an end that comes twice',
    (rig) => {
      const request = rig.submit(1);
      rig.gateway.onEnd(request.attempt!, anyUsage, 2);
      rig.gateway.onEnd(request.attempt!, anyUsage, 3);
    },
    /request 0 ended twice/,
  ],
  [
    'a request that is submitted twice',
    (rig) => rig.gateway.submit(rig.submit(1), 2),
    /request 0 was submitted before/,
  ],
  [
    'a first token that comes twice',
    (rig) => {
      const request = rig.submit(1);
      rig.gateway.onFirstToken(request.attempt!, 2);
      rig.gateway.onFirstToken(request.attempt!, 3);
    },
    /invariant 1: request 0 had two first tokens/,
  ],
  [
    'a token after the end',
    (rig) => {
      const request = rig.submit(1);
      rig.gateway.onEnd(request.attempt!, anyUsage, 2);
      rig.gateway.onFirstToken(request.attempt!, 3);
    },
    /invariant 1: a token for the ended request 0/,
  ],
  [
    'a clock that runs backwards',
    (rig) => rig.gateway.onEnd(rig.submit(5).attempt!, anyUsage, 4),
    /invariant 5: from 5 us back to 4 us/,
  ],
  [
    'a request from the future',
    (rig) => rig.submit(5, 6),
    /invariant 6: request 0 before its arrival/,
  ],
  [
    'a counter that somebody else has touched',
    (rig) => {
      const request = rig.submit(1);
      (request.replica as { inFlight: number }).inFlight = 7;
      rig.submit(2);
    },
    /invariant 2: the counters of r-1 are wrong/,
  ],
];

test.each(broken)('%s is caught', (_law, act, message) => {
  expect(() => act(new Rig())).toThrow(message);
});

test('a strategy that picks a stranger is caught', () => {
  const rig = new Rig({ pick: () => replicaView(0) });
  expect(() => rig.submit(1)).toThrow(/picked something that is not a candidate/);
});
