import { expect, test } from 'vitest';
import type { GatewayPolicy, TimeoutPolicy } from '../../gateway/policy.ts';
import { GatewayWorld } from '../support/gateway-world.ts';

const never = Number.POSITIVE_INFINITY;
const off: TimeoutPolicy = { connectUs: never, firstByteUs: never, idleUs: never, totalUs: never };

function policyOf(timeouts: Partial<TimeoutPolicy>): GatewayPolicy {
  return { timeouts: { ...off, ...timeouts } };
}

test.each([
  ['a connection', { connectUs: 2_000_000 }, 2_000_000],
  ['a first token', { firstByteUs: 5_000_000 }, 5_000_000],
  ['the whole answer', { totalUs: 7_000_000 }, 7_000_000],
  ['the nearest of them', { connectUs: 2e6, firstByteUs: 5e6, totalUs: 1e6 }, 1_000_000],
])('a replica that says nothing is given up when it is time for %s', (_what, timeouts, endUs) => {
  const world = new GatewayWorld({ replicas: 1, policy: policyOf(timeouts) });
  world.moods[0] = 'hangs';
  const request = world.submit();
  world.finish();
  expect(request).toMatchObject({ outcome: 'failed', attempts: 1, endUs });
  expect(world.aborts).toEqual([{ atUs: endUs, id: 0, replica: 0 }]);
});

test('a connection that is there may take its time to a first token', () => {
  const slow = { replicas: 1, firstTokenUs: 4_000_000, answerUs: 5_000_000 };
  const policy = policyOf({ connectUs: 2_000_000, firstByteUs: 4_500_000, idleUs: 1e6 });
  const world = new GatewayWorld({ ...slow, policy });
  const request = world.submit();
  world.finish();
  expect(request).toMatchObject({ outcome: 'ok', endUs: 5_000_000 });
});

test('a stream is asked when it could be idle, and given up when it was', () => {
  const policy = policyOf({ idleUs: 1_000_000 });
  const world = new GatewayWorld({ replicas: 1, policy, answerUs: 60_000_000 });
  const asked: number[] = [];
  world.lastHeardUs = () => {
    asked.push(world.nowUs);
    return Math.min(world.nowUs, 3_300_000);
  };
  const request = world.submit();
  world.finish();
  expect(asked).toEqual([1_100_000, 2_100_000, 3_100_000, 4_100_000, 4_300_000]);
  expect(request).toMatchObject({ outcome: 'failed', endUs: 4_300_000, firstTokenUs: 100_000 });
});

test('another replica gets its chance after a time-out, unless the whole time is over', () => {
  const retries = { most: 2, backoffUs: 0, maxBackoffUs: 0, share: 0, atLeast: 3 };
  for (const [totalUs, attempts, endUs] of [
    [never, 3, 3_000_000],
    [1_500_000, 2, 1_500_000],
  ] as const) {
    const policy = { ...policyOf({ firstByteUs: 1_000_000, totalUs }), retries };
    const world = new GatewayWorld({ replicas: 5, policy });
    world.moods.fill('hangs');
    const request = world.submit();
    world.finish();
    expect(request).toMatchObject({ outcome: 'failed', attempts, endUs });
  }
});
