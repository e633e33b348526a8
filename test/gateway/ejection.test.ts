import { expect, test } from 'vitest';
import type { EjectionPolicy, HealthPolicy } from '../../gateway/policy.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { GatewayWorld } from '../support/gateway-world.ts';

const passive: EjectionPolicy = {
  kind: 'ejection',
  consecutiveFailures: 5,
  baseUs: 30_000_000,
  maxUs: 300_000_000,
  maxShare: 0.5,
  forgiveUs: 10_000_000,
};

function worldOf(replicas: number, given: Partial<EjectionPolicy> = {}): GatewayWorld {
  const health: HealthPolicy = { passive: { ...passive, ...given }, panicBelow: 0.5 };
  return new GatewayWorld({ replicas, policy: { health } });
}

/** A request every 20 ms. */
function traffic(world: GatewayWorld, untilS: number): void {
  for (let atUs = world.nowUs; atUs < untilS * 1e6; atUs += 20_000) {
    world.at(atUs, () => world.submit());
  }
  world.run(untilS * 1e6);
}

function startsAt(world: GatewayWorld, replica: number): number[] {
  return world.starts.filter((start) => start.replica === replica).map(({ atUs }) => atUs);
}

/** Where there was nothing for more than a second: its beginning and length in seconds. */
function gapsOf(times: readonly number[], endUs: number): [fromS: number, lastS: number][] {
  return [...times, endUs].flatMap((atUs, index): [number, number][] => {
    const fromUs = times[index - 1] ?? 0;
    return atUs - fromUs > 1e6 ? [[fromUs / 1e6, Math.round((atUs - fromUs) / 1e6)]] : [];
  });
}

test('five failures in a row take a replica out, and one success between them does not', () => {
  const world = worldOf(2);
  world.moods[0] = 'refuses';
  traffic(world, 5);
  expect(startsAt(world, 0)).toHaveLength(5);
  const mixed = worldOf(2);
  for (let atUs = 0; atUs < 5e6; atUs += 400_000) {
    mixed.at(atUs, () => {
      mixed.moods[0] = 'refuses';
    });
    mixed.at(atUs + 60_000, () => {
      mixed.moods[0] = 'well';
    });
  }
  traffic(mixed, 5);
  expect(startsAt(mixed, 0).length).toBeGreaterThan(50);
});

test('each ejection in short order lasts longer, up to the longest, and begins with one trial', () => {
  const world = worldOf(2, { maxUs: 90_000_000 });
  world.moods[0] = 'refuses';
  traffic(world, 400);
  const times = startsAt(world, 0);
  const lengths = gapsOf(times, 400e6).map(([, lastS]) => lastS);
  expect(lengths).toEqual([30, 60, 90, 90, 90, 40]);
  // Five that failed at first, and one trial after each ejection.
  expect(times).toHaveLength(5 + 5);
});

test('a trial that gets its first token brings the replica back, and time forgives', () => {
  const world = worldOf(2);
  world.moods[0] = 'refuses';
  world.at(20e6, () => {
    world.moods[0] = 'well';
  });
  world.at(60e6, () => {
    world.moods[0] = 'refuses';
  });
  traffic(world, 120);
  const [first, second] = gapsOf(startsAt(world, 0), 120e6);
  expect(first![1]).toBe(30);
  // 28 s in the pool have made the second ejection as short as the first.
  expect(second![1]).toBe(30);
});

test('while a trial is on its way nobody else is sent there', () => {
  const world = worldOf(2);
  world.moods[0] = 'refuses';
  traffic(world, 10);
  world.moods[0] = 'hangs';
  traffic(world, 60);
  const late = startsAt(world, 0).filter((atUs) => atUs > 10e6);
  expect(late).toHaveLength(1);
});

test('no more than the share is taken out, whatever fails', () => {
  for (const [replicas, out] of [
    [1, 0],
    [2, 1],
    [5, 2],
    [6, 3],
  ] as const) {
    const world = worldOf(replicas);
    world.moods.fill('refuses');
    traffic(world, 20);
    const busy = Array.from({ length: replicas }, (_, index) => startsAt(world, index)).filter(
      (times) => times.some((atUs) => atUs > 15e6),
    );
    expect(busy).toHaveLength(replicas - out);
  }
});

test('with too few healthy ones left, all are used', () => {
  const policy = { health: { passive: { ...passive, maxShare: 1 }, panicBelow: 0.5 } };
  const world = new GatewayWorld({ replicas: 4, policy });
  for (const index of [0, 1, 2]) world.moods[index] = 'refuses';
  traffic(world, 20);
  const lately = [0, 1, 2, 3].map(
    (index) => startsAt(world, index).filter((atUs) => atUs > 15e6).length,
  );
  for (const count of lately) expect(count).toBeGreaterThan(30);
});

test('a machine that joins in place of another has done nothing wrong yet', () => {
  const world = worldOf(2);
  world.moods[0] = 'refuses';
  traffic(world, 5);
  world.moods[0] = 'well';
  world.gateway.drain(0, world.nowUs);
  world.gateway.join(0, world.nowUs);
  traffic(world, 6);
  expect(startsAt(world, 0).filter((atUs) => atUs >= 5e6).length).toBeGreaterThan(10);
});

test('who waits goes to the ejected as soon as the departure of others leaves too few', () => {
  const health = { passive: { ...passive, consecutiveFailures: 1 }, panicBelow: 0.5 };
  const world = new GatewayWorld({ replicas: 2, policy: { health, maxInFlight: 1 } });
  world.moods[0] = 'refuses';
  for (const atUs of [0, 0]) world.at(atUs, () => world.submit());
  world.at(10_000, () => world.submit());
  world.at(20_000, () => world.gateway.drain(1, world.nowUs));
  world.finish();
  expect(world.starts.at(-1)).toEqual({ atUs: 20_000, id: 2, replica: 0 });
});

test('no more than the share is out when trials fail, either', () => {
  const health = { passive: { ...passive, baseUs: 10_000_000 }, panicBelow: 0 };
  const world = new GatewayWorld({ replicas: 4, policy: { health } });
  const outAt = (untilS: number) => {
    traffic(world, untilS);
    const sinceUs = (untilS - 3) * 1e6;
    return [0, 1, 2, 3].filter((index) => !startsAt(world, index).some((us) => us > sinceUs));
  };
  world.moods.splice(0, 2, 'refuses', 'refuses');
  expect(outAt(5)).toEqual([0, 1]);
  world.moods.splice(0, 3, 'hangs', 'hangs', 'refuses');
  traffic(world, 15);
  const onTrial = world.requests.filter(({ phase, replica }) => {
    return phase === 'attempt' && world.moods[replica!.index] === 'hangs';
  });
  expect(onTrial).toHaveLength(2);
  world.moods.splice(0, 2, 'refuses', 'refuses');
  for (const { attempt } of onTrial) world.gateway.onError(attempt!, world.nowUs);
  expect(outAt(19)).toHaveLength(2);
});

test('who could have a trial, and is not asked, keeps nobody else in', () => {
  const health = { passive: { ...passive, baseUs: 10_000_000 }, panicBelow: 0 };
  let favourite = 1;
  const strategy: Strategy = {
    pick: (_request, candidates) =>
      candidates.find(({ index }) => index === favourite) ?? candidates[0]!,
  };
  const world = new GatewayWorld({ replicas: 2, policy: { health }, strategy });
  world.moods[1] = 'refuses';
  traffic(world, 2);
  [favourite, world.moods[1]] = [0, 'well'];
  traffic(world, 20);
  world.moods[0] = 'refuses';
  traffic(world, 25);
  const late = world.requests.filter(({ arrivalUs }) => arrivalUs > 21e6 && arrivalUs < 23e6);
  expect(new Set(late.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
});

test('a trial that takes its time to fail forgives nothing', () => {
  const health = { passive, panicBelow: 0.5 };
  const never = Number.POSITIVE_INFINITY;
  const off = { connectUs: never, firstByteUs: never, idleUs: never, totalUs: never };
  const policy = { health, timeouts: { ...off, firstByteUs: 20_000_000 } };
  const world = new GatewayWorld({ replicas: 2, policy });
  world.moods[0] = 'refuses';
  world.at(5e6, () => {
    world.moods[0] = 'hangs';
  });
  traffic(world, 300);
  const lengths = gapsOf(startsAt(world, 0), 300e6).map(([, lastS]) => lastS);
  // Twenty seconds until each trial is given up, and thirty more each time.
  expect(lengths.slice(0, 3)).toEqual([30, 80, 110]);
});
