import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayWorld } from '../support/gateway-world.ts';

const monitor = { windowUs: 10_000_000, alertShare: 0.8, leastRequests: 20 };

/** Sends each request where the list says, ten in a second. */
function send(world: GatewayWorld, targets: readonly number[], perS = 10): void {
  for (const _ of targets) {
    world.run(world.nowUs + 1e6 / perS);
    world.submit();
  }
}

function worldOf(targets: readonly number[], health = {}): GatewayWorld {
  let next = 0;
  const strategy = {
    pick: (_request: unknown, candidates: readonly { index: number }[]) => {
      const target = targets[next++];
      return (candidates.find(({ index }) => index === target) ?? candidates[0]) as never;
    },
  };
  return new GatewayWorld({ replicas: 3, policy: { monitor, ...health }, strategy });
}

test('one that takes nearly all is told once, and again after it was over', () => {
  const all = Array.from({ length: 150 }, () => 1);
  const even = Array.from({ length: 150 }, (_, index) => index % 3);
  const targets = [...even, ...all, ...even, ...all];
  const world = worldOf(targets);
  send(world, targets);
  expect(world.alerts.map(({ replica }) => replica)).toEqual(['r-2', 'r-2']);
  expect(world.alerts[0]!.share).toBeGreaterThan(0.8);
  // It takes about seven of the ten seconds of the window to get from a third to four fifths.
  expect(world.alerts[0]!.atUs / 1e6 - 15).toBeGreaterThan(5);
  expect(world.alerts[0]!.atUs / 1e6 - 15).toBeLessThan(9);
});

test('few requests say nothing, and a lone healthy replica cannot help it', () => {
  const few = Array.from({ length: 19 }, () => 0);
  const quiet = worldOf(few);
  send(quiet, few);
  expect(quiet.alerts).toEqual([]);
  const many = Array.from({ length: 100 }, () => 0);
  const lonely = worldOf(many);
  lonely.gateway.drain(1, 0);
  lonely.gateway.drain(2, 0);
  send(lonely, many);
  expect(lonely.alerts).toEqual([]);
});

test('it speaks exactly when the share of the last ten slices says so', () => {
  const plan = fc.record({
    targets: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2), { maxLength: 200 }),
    perS: fc.constantFrom(2, 7, 30),
  });
  let spoken = 0;
  const property = fc.property(plan, ({ perS, targets }) => {
    const world = worldOf(targets);
    send(world, targets, perS);
    const slice = (us: number) => Math.floor(us / 1e6);
    let alerted = -1;
    const expected: string[] = [];
    for (const [index, { atUs, replica }] of world.starts.entries()) {
      const recent = world.starts
        .slice(0, index + 1)
        .filter((start) => slice(start.atUs) > slice(atUs) - 10);
      const share = (of: number) =>
        recent.filter((start) => start.replica === of).length / recent.length;
      const over = [0, 1, 2].find((one) => share(one) > 0.8) ?? -1;
      if (alerted >= 0 && over !== alerted) alerted = -1;
      if (over === replica && alerted !== replica && recent.length >= 20) {
        alerted = replica;
        expected.push(`${atUs} r-${replica + 1}`);
      }
    }
    expect(world.alerts.map(({ atUs, replica }) => `${atUs} ${replica}`)).toEqual(expected);
    spoken += expected.length;
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
  expect(spoken).toBeGreaterThan(50);
});

test('what one replica got while nobody else was healthy is not held against it', () => {
  const targets = Array.from({ length: 150 }, (_, index) => (index < 100 ? 0 : index % 3));
  const world = worldOf(targets);
  world.gateway.drain(1, 0);
  world.gateway.drain(2, 0);
  send(world, targets.slice(0, 100));
  world.gateway.join(1, world.nowUs);
  world.gateway.join(2, world.nowUs);
  send(world, targets.slice(100));
  expect(world.starts.filter(({ replica }) => replica > 0)).toHaveLength(34);
  expect(world.alerts).toEqual([]);
});
