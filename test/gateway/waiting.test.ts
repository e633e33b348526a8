import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noLimits } from '../../core/slo.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { QueuePolicy } from '../../gateway/policy.ts';
import { FairQueue } from '../../gateway/queue/fair-queue.ts';
import type { RequestView } from '../../strategies/strategy.ts';
import { GatewayWorld } from '../support/gateway-world.ts';
import { requestView, strayAttempt } from '../support/views.ts';

const plain: QueuePolicy = {
  ordering: 'fcfs',
  fairness: 'none',
  maxLength: 100,
  maxWaitUs: 1e12,
  shedLate: false,
  whenNoReplica: 'hold',
  retryAfterUs: 1_000_000,
};

/** One replica that does one thing at a time, and takes a second for each. */
function oneServer(given: Partial<QueuePolicy>): GatewayWorld {
  const policy = { queue: { ...plain, ...given }, maxInFlight: 1 };
  return new GatewayWorld({ replicas: 1, policy });
}

/** In which order they are served, when all come while the first is. */
function orderOf(
  policy: Partial<QueuePolicy>,
  requests: readonly Partial<RequestView>[],
): number[] {
  const world = oneServer(policy);
  world.submit();
  for (const [index, request] of requests.entries()) {
    world.run(1 + index);
    world.submit(request);
  }
  world.run();
  world.finish();
  return world.starts.slice(1).map(({ id }) => id);
}

function within(ttftUs: number): Partial<RequestView> {
  return { limits: { ...noLimits, ttftUs } };
}

describe('who goes first', () => {
  test('is who came first', () => {
    expect(orderOf({}, [{}, { priority: -1 }, within(9)])).toEqual([1, 2, 3]);
  });

  test('is who must have its first token first; who need not goes last', () => {
    const requests = [{}, within(9e6), within(3e6), within(6e6)];
    expect(orderOf({ ordering: 'edf' }, requests)).toEqual([3, 4, 2, 1]);
  });

  test('is who has the lower priority number, and among these who came first', () => {
    const requests = [{ priority: 1 }, { priority: 0 }, { priority: 1 }, { priority: 0 }];
    expect(orderOf({ ordering: 'priority' }, requests)).toEqual([2, 4, 1, 3]);
  });

  test('is one of each tenant in turn', () => {
    const requests = ['a', 'a', 'a', 'b', 'c', 'b'].map((tenant) => ({ tenant }));
    expect(orderOf({ fairness: 'round-robin' }, requests)).toEqual([1, 4, 5, 2, 6, 3]);
  });

  test('is still the tenant whose request nobody could take just now', () => {
    const queue = new FairQueue<number>({ ordering: 'fcfs', fairness: 'round-robin' });
    const tenants = ['a', 'a', 'a', 'b', 'b', 'c', 'c'];
    for (const [id, tenant] of tenants.entries()) {
      queue.add(new GatewayRequest(requestView(id, 1, { tenant }), 0));
    }
    const taken: number[] = [];
    // One at a time; the first of a, and the first of b at first, have nobody to go to.
    for (let turn = 0; turn < 5; turn++) {
      const before = taken.length;
      queue.offer(
        ({ id }) => (id === 0 || (id === 3 && turn < 2) ? false : taken.push(id) > 0),
        () => taken.length === before,
      );
    }
    expect(taken).toEqual([1, 4, 5, 2, 3]);
    expect(queue.length).toBe(2);
  });

  test('is the tenant that has had the fewest tokens', () => {
    // A prompt of b is four times as long, so that a gets four for each of b; 40 are for answers.
    const requests = [
      ...Array.from({ length: 3 }, () => ({ tenant: 'b', promptTokens: 210 })),
      ...Array.from({ length: 10 }, () => ({ tenant: 'a', promptTokens: 10 })),
    ];
    expect(orderOf({ fairness: 'vtc' }, requests)).toEqual([
      ...[1, 4, 5, 6, 7, 8, 2, 9, 10, 11, 12, 13, 3],
    ]);
  });

  test('is a tenant due more tokens more often', () => {
    const weights = new Map([['paid', 4]]);
    const queue = new FairQueue<null>({ ordering: 'fcfs', fairness: 'vtc', weights });
    for (let id = 0; id < 100; id++) {
      const tier = id % 2 === 0 ? 'paid' : undefined;
      const request = { ...requestView(id, 100, { tenant: tier ?? 'free' }), tier };
      queue.add(new GatewayRequest(request, null));
    }
    const taken: string[] = [];
    while (taken.length < 50) {
      const before = taken.length;
      queue.offer(
        (request) => {
          request.attempts = 1;
          queue.dispatched(strayAttempt(request));
          return taken.push(request.tenant) > 0;
        },
        () => taken.length === before,
      );
    }
    expect(taken.filter((tenant) => tenant === 'paid')).toHaveLength(40);
  });

  test('is priority before fairness', () => {
    const requests = [
      { tenant: 'a', priority: 1 },
      { tenant: 'b', priority: 0, promptTokens: 10_000 },
      { tenant: 'b', priority: 0 },
    ];
    expect(orderOf({ ordering: 'priority', fairness: 'vtc' }, requests)).toEqual([2, 3, 1]);
  });
});

test('who has not waited for long gets no credit for the time it was away', () => {
  const world = oneServer({ fairness: 'vtc' });
  // Tenant a has had a lot before b comes for the first time; from then on they are equals.
  for (let i = 0; i < 30; i++) world.submit({ tenant: 'a' });
  world.run(15.5e6);
  for (let i = 0; i < 10; i++) world.submit({ tenant: 'b' });
  world.run();
  const tenants = world.starts.slice(16).map(({ id }) => world.requests[id]!.tenant);
  const firstTen = tenants.slice(0, 10).filter((tenant) => tenant === 'b').length;
  expect(firstTen).toBeGreaterThanOrEqual(4);
  expect(firstTen).toBeLessThanOrEqual(6);
});

test('who comes to an empty queue is lifted to what the last who waited has had by now', () => {
  const world = oneServer({ fairness: 'vtc' });
  for (const tenant of ['a', 'a']) world.submit({ tenant, promptTokens: 1_000 });
  // Both of a have gone out by then, and one has its answer.
  world.run(1.5e6);
  for (const tenant of ['b', 'b', 'b', 'a', 'b']) world.submit({ tenant });
  world.finish();
  // Three of b, of 50 tokens each, would not make up for what a had when its line became empty.
  const order = world.starts.slice(2).map(({ id }) => world.requests[id]!.tenant);
  expect(order.indexOf('a')).toBeLessThan(3);
});

test('who comes to a full queue is rejected, and told when to come again', () => {
  const world = oneServer({ maxLength: 3 });
  const requests = Array.from({ length: 6 }, () => world.submit());
  expect(requests.map(({ outcome }) => outcome)).toEqual([
    ...[undefined, undefined, undefined, undefined],
    ...['rejected', 'rejected'],
  ]);
  expect(requests[5]!.rejection).toEqual({ reason: 'queue-full', retryAfterUs: 1_000_000 });
  world.finish();
  expect(world.starts).toHaveLength(4);
});

test('who has waited too long, or cannot be in time, is rejected at that moment', () => {
  const world = oneServer({ maxWaitUs: 1_500_000, shedLate: true });
  world.submit();
  const [patient, hurried, late] = [{}, within(500_000), {}].map((one) => world.submit(one));
  world.finish();
  expect(hurried).toMatchObject({ outcome: 'rejected', endUs: 500_000 });
  expect(hurried!.rejection!.reason).toBe('waited-too-long');
  expect(patient).toMatchObject({ outcome: 'ok', dispatchedUs: 1_000_000 });
  expect(late).toMatchObject({ outcome: 'rejected', endUs: 1_500_000 });
});

test('while there is no replica at all requests are held or rejected, as the policy says', () => {
  for (const [whenNoReplica, outcome] of [
    ['hold', undefined],
    ['reject', 'rejected'],
  ] as const) {
    const world = oneServer({ whenNoReplica });
    const running = world.submit();
    const waiting = world.submit();
    world.gateway.drain(0, 0);
    const newcomer = world.submit();
    expect(newcomer.outcome).toBe(outcome);
    world.run(10e6);
    expect(running.outcome).toBe('ok');
    expect(waiting.outcome).toBe(outcome);
    world.finish();
  }
});

const jobs = fc.array(fc.record({ afterUs: fc.nat(400_000), priority: fc.nat(2) }), {
  minLength: 1,
  maxLength: 60,
});

test('no replica has more than its cap, and nobody waits while one has room', () => {
  const shape = fc.record({
    replicas: fc.integer({ min: 1, max: 3 }),
    maxInFlight: fc.integer({ min: 1, max: 3 }),
    ordering: fc.constantFrom('fcfs' as const, 'priority' as const),
    fairness: fc.constantFrom('none' as const, 'round-robin' as const, 'vtc' as const),
  });
  const property = fc.property(jobs, shape, (list, { maxInFlight, replicas, ...order }) => {
    const policy = { queue: { ...plain, ...order }, maxInFlight };
    const world = new GatewayWorld({ replicas, policy });
    let atUs = 0;
    for (const { afterUs, priority } of list) {
      atUs += afterUs;
      world.run(atUs);
      world.submit({ priority, tenant: `t${priority}` });
      const running = world.requests.filter(({ phase }) => phase === 'attempt').length;
      const waiting = world.requests.filter(({ phase }) => phase === 'queued').length;
      expect(running).toBeLessThanOrEqual(replicas * maxInFlight);
      expect(waiting === 0 || running === replicas * maxInFlight).toBe(true);
    }
    world.finish();
    expect(world.requests.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});
