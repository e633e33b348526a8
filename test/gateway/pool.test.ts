import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gateway } from '../../gateway/gateway.ts';
import type { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { ReplicaView, Strategy } from '../../strategies/strategy.ts';
import { anyUsage, newRequest, unknownReplicas } from '../support/views.ts';

const acts = fc.array(
  fc.record({
    kind: fc.constantFrom('arrive', 'arrive', 'end', 'fail', 'drain', 'join', 'weigh', 'add'),
    who: fc.nat(5),
  }),
  { maxLength: 200 },
);

test('a strategy sees exactly who is in the pool, by index, and nobody waits for nothing', () => {
  let held = 0;
  const property = fc.property(acts, fc.integer({ min: 1, max: 6 }), (steps, replicas) => {
    const pool = new Set(Array.from({ length: replicas }, (_, index) => index));
    const weights = Array.from({ length: replicas }, () => 1);
    const running: GatewayRequest<null>[] = [];
    const sent: number[] = [];
    const strategy: Strategy = {
      pick: (request, candidates) => {
        expect(candidates.map(({ index }) => index)).toEqual([...pool].sort((a, b) => a - b));
        expect(candidates.map(({ weight }) => weight)).toEqual(
          candidates.map(({ index }) => weights[index]),
        );
        return candidates[request.id % candidates.length] as ReplicaView;
      },
    };
    const gateway = new Gateway<null>({
      replicas: unknownReplicas(replicas),
      strategy,
      backend: {
        start: ({ request }) => {
          sent.push(request.id);
          running.push(request);
        },
        abort: () => {},
      },
      onOutcome: () => {},
      checkInvariants: true,
    });
    let arrived = 0;
    for (const [nowUs, { kind, who }] of steps.entries()) {
      const replica = who % weights.length;
      if (kind === 'arrive') {
        gateway.submit(newRequest(arrived++, nowUs), nowUs);
      } else if (kind === 'drain') {
        pool.delete(replica);
        gateway.drain(replica, nowUs);
      } else if (kind === 'join') {
        pool.add(replica);
        gateway.join(replica, nowUs);
      } else if (kind === 'add') {
        expect(gateway.add(unknownReplicas(1)[0]!)).toBe(weights.length);
        weights.push(1);
      } else if (kind === 'weigh') {
        weights[replica] = who + 0.5;
        gateway.setWeight(replica, who + 0.5, nowUs);
      } else if (running.length > 0) {
        // Whoever has left the pool still finishes what it has.
        const [ended] = running.splice(who % running.length, 1);
        if (kind === 'end') gateway.onEnd(ended!.attempt!, anyUsage, nowUs);
        else gateway.onError(ended!.attempt!, nowUs);
      }
      if (pool.size > 0) expect(sent).toEqual(Array.from({ length: arrived }, (_, id) => id));
      else held += arrived - sent.length;
    }
    gateway.close(steps.length);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
  expect(held).toBeGreaterThan(100);
});

test('a strategy that picks whom it has seen before, but who has left, is told so', () => {
  let first: ReplicaView | undefined;
  const gateway = new Gateway<null>({
    replicas: unknownReplicas(2),
    strategy: {
      pick: (_request, candidates) => {
        first ??= candidates[0]!;
        return first;
      },
    },
    backend: { start: () => {}, abort: () => {} },
    onOutcome: () => {},
    checkInvariants: true,
  });
  const submit = (id: number) => gateway.submit(newRequest(id), id);
  submit(1);
  gateway.drain(0, 1);
  expect(() => submit(2)).toThrow('the strategy picked something that is not a candidate');
});

test('a replica that nobody has told the gateway of cannot join', () => {
  const gateway = new Gateway<null>({
    replicas: unknownReplicas(1),
    strategy: { pick: (_request, candidates) => candidates[0]! },
    backend: { start: () => {}, abort: () => {} },
    onOutcome: () => {},
    checkInvariants: false,
  });
  expect(() => gateway.join(1, 0)).toThrow('the gateway knows no replica 1');
});

test('what the machine before has reported is not said of the one that joins', () => {
  let seen: ReplicaView | undefined;
  const gateway = new Gateway<null>({
    replicas: unknownReplicas(1),
    strategy: { pick: (_request, candidates) => (seen = candidates[0]!) },
    backend: { start: () => {}, abort: () => {} },
    onOutcome: () => {},
    checkInvariants: true,
  });
  gateway.signals.onAsked(0);
  gateway.submit(newRequest(1, 1), 1);
  gateway.signals.onReported(0, { sampledAtUs: 1, waiting: 40, running: 9, kvUsage: 0.9 }, 2);
  expect(seen!.reported).toMatchObject({ waiting: 40, sentSince: 1 });
  gateway.drain(0, 3);
  gateway.join(0, 4);
  const nothing = { sampledAtUs: Number.NaN, waiting: Number.NaN, kvUsage: Number.NaN };
  expect(seen!.reported).toMatchObject({ ...nothing, sentSince: 0, sentPromptTokensSince: 0 });
});
