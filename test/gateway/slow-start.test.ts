import { expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import type { SlowStartPolicy } from '../../gateway/policy.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { GatewayWorld } from '../support/gateway-world.ts';

const policy: SlowStartPolicy = { windowUs: 10_000_000, leastShare: 0.1, by: 'thinning' };

function worldOf(slowStart: SlowStartPolicy, strategy: Strategy): GatewayWorld {
  const health = { panicBelow: 0, slowStart };
  return new GatewayWorld({ replicas: 4, policy: { health }, strategy, answerUs: 100_001 });
}

/** The share of a replica that joins at 5 s, by seconds from then on. */
function sharesOf(world: GatewayWorld): number[] {
  world.gateway.drain(3, 0);
  world.at(5e6, () => world.gateway.join(3, world.nowUs));
  for (let atUs = 0; atUs < 20e6; atUs += 1_000) world.at(atUs, () => world.submit());
  world.run(20e6);
  return Array.from({ length: 15 }, (_, second) => {
    const during = world.starts.filter(({ atUs }) => Math.floor(atUs / 1e6) === 5 + second);
    return during.filter(({ replica }) => replica === 3).length / during.length;
  });
}

test('a newcomer is left out of a part of the decisions, which becomes smaller', () => {
  const random = randomStream(1, 'test');
  const shares = sharesOf(
    worldOf(policy, {
      pick: (_request, candidates) => candidates[Math.floor(random() * candidates.length)]!,
    }),
  );
  for (const [second, share] of shares.entries()) {
    const meant = Math.min(1, Math.max(0.1, (second + 0.5) / 10)) / 4;
    expect(Math.abs(share - meant), `second ${second}`).toBeLessThan(0.06);
  }
});

test('a strategy that goes where there is least to do cannot drown it', () => {
  const shares = sharesOf(
    worldOf(policy, {
      pick: (_request, candidates) =>
        candidates.reduce((a, b) => (b.inFlight < a.inFlight ? b : a)),
    }),
  );
  expect(shares[0]).toBeLessThan(0.15);
  expect(shares[14]).toBeCloseTo(0.25, 1);
});

test('by weight, strategies see a growing one, of what was asked for', () => {
  const seen: number[] = [];
  const world = worldOf(
    { ...policy, by: 'weight' },
    {
      pick: (_request, candidates) => {
        seen.push(candidates.at(-1)!.weight);
        return candidates[0]!;
      },
    },
  );
  world.gateway.drain(3, 0);
  world.gateway.setWeight(3, 2, 0);
  world.gateway.join(3, 0);
  for (const atS of [0, 2, 5, 9, 10, 11]) {
    world.run(atS * 1e6);
    world.submit();
  }
  expect(seen).toEqual([0.2, 0.4, 1, 1.8, 2, 2]);
});
