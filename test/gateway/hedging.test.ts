import { expect, test } from 'vitest';
import type { Strategy } from '../../strategies/strategy.ts';
import { GatewayWorld } from '../support/gateway-world.ts';

const hedging = { afterUs: 200_000, share: 0, atLeast: 1 };
const first = {
  pick: (_request: unknown, candidates: readonly unknown[]) => candidates[0] as never,
};

function worldOf(firstTokenUs: number, replicas = 2): GatewayWorld {
  return new GatewayWorld({ replicas, policy: { hedging }, strategy: first, firstTokenUs });
}

test('what begins in time is sent once', () => {
  const world = worldOf(150_000);
  world.submit();
  world.finish();
  expect(world.starts).toHaveLength(1);
});

test('what is slow to begin is sent to a second replica, and the loser is aborted', () => {
  const world = worldOf(100_000);
  world.moods[0] = 'hangs';
  const request = world.submit();
  world.finish();
  expect(world.starts.map(({ atUs, replica }) => [atUs, replica])).toEqual([
    [0, 0],
    [200_000, 1],
  ]);
  expect(world.aborts).toEqual([{ atUs: 300_000, id: 0, replica: 0 }]);
  expect(request).toMatchObject({ outcome: 'ok', attempts: 2, dispatchedUs: 200_000, work: 1 });
  expect(request.replica!.index).toBe(1);
});

test('the first attempt may still win, and the record is about it', () => {
  const world = worldOf(250_000);
  const request = world.submit();
  world.finish();
  expect(world.aborts).toEqual([{ atUs: 250_000, id: 0, replica: 1 }]);
  expect(request).toMatchObject({ outcome: 'ok', attempts: 2, dispatchedUs: 0, work: 0 });
});

test('when one of the two fails the other goes on, and when both do it has failed', () => {
  const world = worldOf(100_000);
  world.moods[0] = 'hangs';
  const request = world.submit();
  world.moods[1] = 'hangs';
  world.run(200_000);
  const [one, two] = [request.rival!, request.attempt!];
  world.gateway.onError(two, 200_000);
  expect(request).toMatchObject({ phase: 'attempt', attempt: one, rival: undefined, work: 0 });
  world.gateway.onError(one, 200_000);
  expect(request).toMatchObject({ outcome: 'failed', attempts: 2 });
  world.finish();
});

test('there are no more second attempts than the budget, and none without another replica', () => {
  const world = worldOf(100_000, 3);
  world.moods.fill('hangs');
  const requests = [1, 2, 3].map(() => world.submit());
  world.run(1_000_000);
  expect(requests.map(({ attempts }) => attempts)).toEqual([2, 1, 1]);
  world.finish();
  const lonely = worldOf(300_000, 1);
  lonely.submit();
  lonely.finish();
  expect(lonely.starts).toHaveLength(1);
});

test('who waits for room gets that of the loser at once', () => {
  const policy = { hedging, maxInFlight: 1 };
  const world = new GatewayWorld({ replicas: 2, policy, strategy: first, firstTokenUs: 250_000 });
  world.submit();
  world.at(210_000, () => world.submit());
  world.finish();
  expect(world.starts).toContainEqual({ atUs: 250_000, id: 1, replica: 1 });
});

test('a second attempt that has won is none any more', () => {
  const world = new GatewayWorld({
    ...{ replicas: 2, policy: { hedging }, strategy: first },
    ...{ firstTokenUs: 100_000, answerUs: 30_000_000 },
  });
  world.moods[0] = 'hangs';
  const one = world.submit();
  world.run(1_000_000);
  const two = world.submit();
  world.finish();
  expect(one).toMatchObject({ attempts: 2, firstTokenUs: 300_000 });
  expect(two).toMatchObject({ attempts: 2, firstTokenUs: 1_300_000 });
});

test('a strategy can tell an attempt that was outrun from a client that went away', () => {
  const ends: string[] = [];
  const strategy: Strategy = {
    ...first,
    onEnded: (_, { index }, { outcome }) => {
      ends.push(`${index} ${outcome}`);
    },
  };
  const world = new GatewayWorld({
    replicas: 2,
    policy: { hedging },
    strategy,
    firstTokenUs: 100_000,
  });
  world.moods[0] = 'hangs';
  world.submit();
  world.finish();
  world.moods[1] = 'hangs';
  const leaving = world.submit();
  world.run(world.nowUs + 250_000);
  world.gateway.cancel(leaving, 'cancelled', world.nowUs);
  expect(ends).toEqual(['0 outrun', '1 ok', '0 cancelled', '1 cancelled']);
});
