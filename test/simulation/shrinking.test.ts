import { afterEach, expect, test, vi } from 'vitest';
import { Pool } from '../../gateway/pool.ts';
import { breakMethod } from './break-method.ts';
import { drawWorld } from './draw-world.ts';
import { shrinkWorld } from './shrink-world.ts';
import { complaintOf, playOrExplain } from './sweep.ts';
import type { World } from './world.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function firstBroken(): World {
  for (let seed = 0; seed < 200; seed++) {
    const world = drawWorld(seed);
    if (complaintOf(world) !== undefined) return world;
  }
  throw new Error('nothing is broken');
}

/** A replica is sent requests though it drains, so somebody must leave for this to show. */
function sendToWhoDrains(): void {
  breakMethod(Pool, 'leave', (pool: Pool, original, args) => {
    const replica = pool.member(args[0]);
    original(...args);
    if (replica !== undefined) replica.isInPool = true;
  });
}

test('a failure says how to see it again, by its seed and in a world without what is beside it', () => {
  sendToWhoDrains();
  const world = firstBroken();
  const explained = () => playOrExplain(world);
  expect(explained).toThrow(`FAIRLEAD_WORLD='${world.seed}' npx vitest run test/simulation/`);
  const message = String(catchFrom(explained));
  const pasted = /Smaller: FAIRLEAD_WORLD='(\{.*\})' npx/.exec(message)![1]!;
  const smaller = JSON.parse(pasted) as World;
  expect(complaintOf(smaller)).toContain('invariant 4: ');
  expect(pasted.length).toBeLessThan(JSON.stringify(world).length / 2);
  expect(smaller.options).toEqual({});
  expect(smaller.strategy).toBe('round-robin');
  const { events, fleet, gateway, traffic } = smaller.scenario as Record<string, object[]>;
  expect([events, fleet, traffic].map((part) => part?.length)).toEqual([1, 1, 1]);
  expect(gateway).toBeUndefined();
});

test('a world is left alone that cannot be made smaller, and so is the law that it breaks', () => {
  const world = drawWorld(7);
  const complain = ({ seed, scenario }: World) => {
    const { fleet = [] } = scenario as { fleet?: { replicas: number }[] };
    if (fleet.length === 0) return 'invariant 1: something else';
    return fleet[0]!.replicas > 0 ? `invariant 4: at ${seed}` : undefined;
  };
  const smallest = shrinkWorld(world, complain);
  expect(complain(smallest)).toBe('invariant 4: at 7');
  expect(Object.keys(smallest.scenario)).toEqual(['fleet', 'warmup', 'duration']);
  expect(smallest.scenario['fleet']).toEqual([{ replicas: 1 }]);
});

function catchFrom(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
