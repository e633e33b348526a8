import { expect, test } from 'vitest';
import { Gateway } from '../../gateway/gateway.ts';
import type { Pick, Strategy } from '../../strategies/strategy.ts';
import {
  anyUsage,
  newRequest,
  replicaView,
  strayAttempt,
  unknownReplicas,
} from '../support/views.ts';

// A strategy or a backend that is wrong must stop the run with a sentence, not bend its figures.

function gatewayWith(strategy: Strategy): Gateway<null> {
  return new Gateway({
    replicas: unknownReplicas(2),
    strategy,
    backend: { start: () => {}, abort: () => {} },
    onOutcome: () => {},
    checkInvariants: true,
  });
}

const strangers: readonly [what: string, pick: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a word that means nothing', 'later'],
  ['a name', 'r-1'],
  ['an index', 1],
  ['a replica beyond the fleet', replicaView(2)],
  ['a replica before the fleet', replicaView(-1)],
  ['a copy of a candidate', replicaView(0)],
];

test.each(strangers)('a strategy that picks %s is told so', (_what, pick) => {
  const gateway = gatewayWith({ pick: () => pick as Pick });
  expect(() => gateway.submit(newRequest(0), 0)).toThrow(
    'the strategy picked something that is not a candidate',
  );
});

test('a strategy that throws is not swallowed', () => {
  const gateway = gatewayWith({
    pick: () => {
      throw new RangeError('no idea');
    },
  });
  expect(() => gateway.submit(newRequest(0), 0)).toThrow('no idea');
});

const first: Strategy = { pick: (_request, candidates) => candidates[0]! };
const hold: Strategy = { pick: () => 'hold' };

test('a backend that ends what was never sent is caught', () => {
  const neverSubmitted = strayAttempt(newRequest(0));
  expect(() => gatewayWith(first).onEnd(neverSubmitted, anyUsage, 1)).toThrow(
    'ended twice or never began',
  );
  expect(() => gatewayWith(first).onError(neverSubmitted, 1)).toThrow('ended twice or never began');
  expect(() => gatewayWith(first).onFirstToken(neverSubmitted, 1)).toThrow('invariant 1');
});

test('a backend that answers a request that is still held is caught', () => {
  const gateway = gatewayWith(hold);
  const held = newRequest(0);
  gateway.submit(held, 0);
  const stray = strayAttempt(held);
  expect(() => gateway.onFirstToken(stray, 1)).toThrow(/invariant|never began/);
  expect(() => gateway.onEnd(stray, anyUsage, 2)).toThrow('ended twice or never began');
});

test('a backend that still answers after the end of the run is caught', () => {
  const gateway = gatewayWith(first);
  const request = newRequest(0);
  gateway.submit(request, 0);
  gateway.close(5);
  expect(request).toMatchObject({ outcome: 'truncated', endUs: 5 });
  expect(() => gateway.onFirstToken(request.attempt!, 6)).toThrow('invariant 1');
  expect(() => gateway.onEnd(request.attempt!, anyUsage, 6)).toThrow('ended twice or never began');
});
