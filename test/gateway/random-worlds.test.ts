import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GatewayPolicy } from '../../gateway/policy.ts';
import { drawnPolicies } from '../support/drawn-policies.ts';
import { GatewayWorld, type Mood } from '../support/gateway-world.ts';

// Whatever the replicas do and whatever the policy says: the numbered invariants hold at every
// event, because each of these gateways checks them with books of its own.

const moods: readonly Mood[] = ['well', 'well', 'refuses', 'hangs', 'breaks'];

const acts = fc.array(
  fc.record({
    afterUs: fc.oneof(fc.nat(50_000), fc.nat(3_000_000)),
    kind: fc.constantFrom(
      ...(['submit', 'submit', 'submit', 'submit', 'mood', 'mood'] as const),
      ...(['cancel', 'drain', 'join', 'weigh'] as const),
    ),
    who: fc.nat(50),
  }),
  { minLength: 5, maxLength: 120 },
);

const questions = fc.record({
  replicas: fc.integer({ min: 1, max: 5 }),
  policy: drawnPolicies,
  seed: fc.nat(1_000),
  acts,
});
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

function live({ acts: steps, policy, replicas, seed }: Question): GatewayWorld {
  const world = new GatewayWorld({ replicas, policy, seed });
  let atUs = 0;
  for (const { afterUs, kind, who } of steps) {
    atUs += afterUs;
    const replica = who % replicas;
    world.at(atUs, () => {
      const { gateway, nowUs } = world;
      if (kind === 'submit') {
        world.submit({ tenant: `t${who % 3}`, tier: 'free', priority: who % 2 });
      } else if (kind === 'mood') world.moods[replica] = moods[who % moods.length]!;
      else if (kind === 'drain') gateway.drain(replica, nowUs);
      else if (kind === 'join') gateway.join(replica, nowUs);
      else if (kind === 'weigh') gateway.setWeight(replica, 1 + who, nowUs);
      else if (world.requests.length > 0) {
        gateway.cancel(world.requests[who % world.requests.length]!, 'cancelled', nowUs);
      }
    });
  }
  world.run(atUs);
  world.finish();
  return world;
}

/** What each request may have seen, by the policy alone. */
function mostAttempts({ hedging, retries }: GatewayPolicy): number {
  return 1 + (retries?.most ?? 0) + (hedging === undefined ? 0 : 1);
}

test('every request has one outcome, and no more attempts than it may have', () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const property = fc.property(questions, (question) => {
    const { requests, starts } = live(question);
    for (const request of requests) {
      expect(request.phase).toBe('ended');
      const own = starts.filter(({ id }) => id === request.id);
      expect(own).toHaveLength(request.attempts);
      expect(new Set(own.map(({ replica }) => replica)).size).toBe(own.length);
      expect(own.length).toBeLessThanOrEqual(mostAttempts(question.policy));
      expect(request.outcome === 'rejected').toBe(
        request.attempts === 0 && request.rejection !== undefined,
      );
      count(request.outcome!);
      count(request.rejection?.reason ?? 'not rejected');
      if (request.attempts > 1) count(`retried and ${request.outcome}`);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 1_500 });
  // Each of the ways that a request may go was gone often enough to be worth asking.
  for (const what of [
    ...[
      'ok',
      'failed',
      'cancelled',
      'rejected',
      'truncated',
      'retried and ok',
      'retried and failed',
    ],
    ...['concurrency', 'request-rate', 'token-rate', 'queue-full', 'waited-too-long', 'no-replica'],
  ]) {
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(20);
  }
});

test('the same world comes out the same again', () => {
  const property = fc.property(questions, (question) => {
    const [first, second] = [live(question), live(question)];
    expect(second.starts).toEqual(first.starts);
    expect(second.aborts).toEqual(first.aborts);
    expect(second.requests.map(({ endUs }) => endUs)).toEqual(first.requests.map((r) => r.endUs));
  });
  fc.assert(property, { seed: 2, numRuns: 100 });
});
