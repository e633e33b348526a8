import { expect, test } from 'vitest';
import { GatewayWorld } from '../support/gateway-world.ts';

const active = { everyUs: 5_000_000, timeoutUs: 2_000_000, fall: 3, rise: 2 };

function worldOf(replicas: number, panicBelow = 0): GatewayWorld {
  return new GatewayWorld({ replicas, policy: { health: { active, panicBelow } } });
}

/** Who gets something when many are sent at once. */
function usedAt(world: GatewayWorld, atUs: number): number[] {
  world.run(atUs);
  const before = world.starts.length;
  for (let i = 0; i < 40; i++) world.submit();
  return [...new Set(world.starts.slice(before).map(({ replica }) => replica))].sort();
}

test.each(['refuses', 'hangs'] as const)('a replica that %s falls at the third check', (mood) => {
  const world = worldOf(2);
  world.run(20e6);
  world.moods[1] = mood;
  // The first bad check comes within a period, and is known within the time-out.
  expect(usedAt(world, 30e6)).toEqual([0, 1]);
  expect(usedAt(world, 37e6)).toEqual([0]);
  world.moods[1] = 'well';
  expect(usedAt(world, 41e6)).toEqual([0]);
  expect(usedAt(world, 47e6)).toEqual([0, 1]);
  world.finish();
});

test('one bad check among good ones is no reason', () => {
  const world = worldOf(1);
  for (let atUs = 0; atUs < 100e6; atUs += 15e6) {
    world.at(atUs, () => {
      world.moods[0] = 'refuses';
    });
    world.at(atUs + 9e6, () => {
      world.moods[0] = 'well';
    });
  }
  world.run(100e6);
  world.submit();
  expect(world.starts).toHaveLength(1);
  world.finish();
});

test('who waits because all are down goes out when one is up again', () => {
  const world = worldOf(1);
  world.moods[0] = 'refuses';
  world.run(20e6);
  const request = world.submit();
  expect(request.phase).toBe('queued');
  world.moods[0] = 'well';
  world.run(31e6);
  expect(request.outcome).toBe('ok');
  world.finish();
});

test('when most are down, all are used: the checks may be wrong', () => {
  const world = worldOf(3, 0.5);
  world.moods[0] = 'refuses';
  world.moods[1] = 'refuses';
  expect(usedAt(world, 20e6)).toEqual([0, 1, 2]);
  world.finish();
});

test('checks do not come all at once', () => {
  const world = worldOf(50);
  const times: number[] = [];
  world.probe = () => {
    times.push(world.nowUs);
  };
  world.run(5e6 - 1);
  expect(times).toHaveLength(50);
  expect(new Set(times).size).toBe(50);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(4e6);
  world.finish();
});

test('a replica that hangs falls also when the next check is due before the time-out', () => {
  for (const timeoutUs of [5_000_000, 7_000_000]) {
    const health = { active: { ...active, timeoutUs }, panicBelow: 0 };
    const world = new GatewayWorld({ replicas: 2, policy: { health } });
    world.moods[1] = 'hangs';
    expect(usedAt(world, 60e6)).toEqual([0]);
    world.finish();
  }
});

test('a check of the machine before says nothing about the one that took its place', () => {
  const slow = { everyUs: 1_000_000, timeoutUs: 1_500_000, fall: 1, rise: 1 };
  const health = { active: slow, panicBelow: 0 };
  const world = new GatewayWorld({ replicas: 2, policy: { health } });
  const asked: number[] = [];
  world.probe = ({ index }, listener) => {
    const answer = () => listener.onProbe(index, true, world.nowUs);
    if (index === 0) answer();
    else if (asked.push(world.nowUs) > 1) world.at(world.nowUs + 800_000, answer);
  };
  world.run(1_000_000);
  const [askedUs] = asked as [number];
  world.at(askedUs + 1, () => world.gateway.drain(1, world.nowUs));
  world.at(askedUs + 2, () => world.gateway.join(1, world.nowUs));
  expect(usedAt(world, askedUs + 1_600_000)).toEqual([0, 1]);
  expect(asked).toHaveLength(2);
  world.finish();
});
