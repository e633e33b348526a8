import { expect, test } from 'vitest';
import { noLimits } from '../../core/slo.ts';
import type { GatewayPolicy } from '../../gateway/policy.ts';
import { GatewayWorld } from '../support/gateway-world.ts';

const retries = { most: 2, backoffUs: 25_000, maxBackoffUs: 250_000, share: 0.2, atLeast: 3 };
const policy: GatewayPolicy = { retries };

/** Always the first of those it is offered. */
const first = {
  pick: (_request: unknown, candidates: readonly unknown[]) => candidates[0] as never,
};

test('what failed before its first token is sent to somebody else, after a random wait', () => {
  const waits: number[] = [];
  for (let seed = 0; seed < 300; seed++) {
    const world = new GatewayWorld({ replicas: 3, policy, strategy: first, seed });
    world.moods[0] = 'refuses';
    world.moods[1] = 'refuses';
    const request = world.submit();
    world.finish();
    expect(request).toMatchObject({ outcome: 'ok', attempts: 3, work: 2 });
    expect(world.starts.map(({ replica }) => replica)).toEqual([0, 1, 2]);
    const [one, two, three] = world.starts.map(({ atUs }) => atUs);
    waits.push(two! - one! - 1_000, three! - two! - 1_000);
  }
  // Full jitter: up to 25 ms at first, up to 75 ms then.
  const [firsts, seconds] = [0, 1].map((parity) => waits.filter((_, at) => at % 2 === parity));
  for (const [drawn, mostUs] of [
    [firsts!, 25_000],
    [seconds!, 75_000],
  ] as const) {
    expect(Math.min(...drawn)).toBeLessThan(0.05 * mostUs);
    expect(Math.max(...drawn)).toBeGreaterThan(0.95 * mostUs);
    expect(Math.max(...drawn)).toBeLessThan(mostUs);
  }
});

test('after so many retries, or when nobody is left, it has failed', () => {
  for (const [replicas, attempts] of [
    [5, 3],
    [2, 2],
    [1, 1],
  ] as const) {
    const world = new GatewayWorld({ replicas, policy });
    world.moods.fill('refuses');
    const request = world.submit();
    world.finish();
    expect(request).toMatchObject({ outcome: 'failed', attempts });
  }
});

test('nothing is sent again after its first token, nor what its client got wrong', () => {
  const world = new GatewayWorld({ replicas: 3, policy });
  world.moods.fill('breaks');
  const broken = world.submit();
  world.run();
  expect(broken).toMatchObject({ outcome: 'failed', attempts: 1 });
  world.moods.fill('hangs');
  const nonsense = world.submit();
  world.gateway.onError(nonsense.attempt!, world.nowUs, 'refused');
  expect(nonsense).toMatchObject({ outcome: 'failed', attempts: 1 });
  world.finish();
});

test('who goes away while it waits to be sent again is not', () => {
  const world = new GatewayWorld({ replicas: 3, policy });
  world.moods.fill('refuses');
  const request = world.submit();
  world.run(1_000);
  expect(request.phase).toBe('backoff');
  world.gateway.cancel(request, 'cancelled', world.nowUs);
  world.finish();
  expect(request).toMatchObject({ outcome: 'cancelled', attempts: 1 });
});

test.each([
  ['three, if there are few requests', 10, 3],
  ['a fifth of the requests in the gateway', 100, 20],
])('at once there are no more retries than %s', (_what, requests, retried) => {
  const world = new GatewayWorld({ replicas: 2, policy: { retries: { ...retries, most: 1 } } });
  world.moods.fill('hangs');
  const all = Array.from({ length: requests }, () => world.submit());
  // They fail one after the other, at an instant.
  for (const { attempt } of all) world.gateway.onError(attempt!, 0);
  const counts = all.map(({ phase }) => phase);
  expect(counts.filter((phase) => phase === 'backoff').length).toBe(retried);
  world.finish();
});

test('who waits for the only replica it may have has failed when that one leaves', () => {
  const world = new GatewayWorld({
    ...{ replicas: 2, policy: { retries, maxInFlight: 1 } },
    strategy: first,
  });
  world.at(0, () => world.gateway.drain(0, 0));
  world.at(1, () => world.submit());
  world.at(2, () => world.gateway.join(0, 2));
  world.moods[0] = 'refuses';
  world.at(3, () => world.submit());
  world.at(500_000, () => {
    world.moods[0] = 'well';
    world.gateway.drain(1, world.nowUs);
  });
  world.run(10_000_000);
  expect(world.requests[1]).toMatchObject({ outcome: 'failed', attempts: 1, endUs: 500_000 });
  world.finish();
});

test('nothing is sent again when there is no time left for it', () => {
  const never = Number.POSITIVE_INFINITY;
  const timeouts = { connectUs: never, firstByteUs: never, idleUs: never, totalUs: 2_000_000 };
  const slow = { ...retries, backoffUs: 1e9, maxBackoffUs: 1e9 };
  const queue = {
    ...{ ordering: 'fcfs' as const, fairness: 'none' as const, maxLength: 9, maxWaitUs: 1e6 },
    ...{ shedLate: true, whenNoReplica: 'hold' as const, retryAfterUs: 1 },
  };
  const inTime = { limits: { ...noLimits, ttftUs: 2_000_000 } };
  for (const [limited, request] of [
    [{ timeouts }, {}],
    [{ queue }, inTime],
  ] as const) {
    const world = new GatewayWorld({ replicas: 2, policy: { retries: slow, ...limited } });
    world.moods.fill('refuses');
    const late = world.submit(request);
    world.finish();
    expect(late).toMatchObject({ outcome: 'failed', attempts: 1 });
    expect(late.endUs).toBeLessThanOrEqual(2_000_000);
  }
});
