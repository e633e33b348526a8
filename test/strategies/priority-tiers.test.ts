import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { areAlike } from '../support/chi-square.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, tally } from '../support/views.ts';

/** Ten replicas each of the groups a, b and c, in this order. */
const fleet = fleetView(new Array<number>(30).fill(0), ({ index }) => ({
  group: 'abc'[Math.floor(index / 10)]!,
}));
const tiers = [['a'], ['b']];

/** The shares of the groups when so many replicas of each are left. */
function shares(left: readonly number[], options: Readonly<Record<string, unknown>>): number[] {
  const strategy = makeStrategy('priority-tiers', options);
  const pick = (candidates: readonly ReplicaView[], picks: number) =>
    tally(picks, 30, (request) => strategy.pick(request, candidates, 0));
  pick(fleet, 1);
  const counts = pick(
    fleet.filter(({ index }) => index % 10 < left[Math.floor(index / 10)]!),
    10_000,
  );
  return [0, 10, 20].map((from) =>
    counts.slice(from, from + 10).reduce((sum, count) => sum + count, 0),
  );
}

describe('priority-tiers', () => {
  test.each([
    // 1.4 times 8/10 is more than all, 1.4 times 5/10 is 70 %.
    [
      [10, 10, 10],
      [100, 0, 0],
    ],
    [
      [8, 10, 10],
      [100, 0, 0],
    ],
    [
      [5, 10, 10],
      [70, 30, 0],
    ],
    [
      [0, 10, 10],
      [0, 100, 0],
    ],
    [
      [0, 3, 10],
      [0, 42, 58],
    ],
    [
      [0, 0, 2],
      [0, 0, 100],
    ],
    [
      [2, 2, 2],
      [34, 33, 33],
    ],
  ])('with %j of ten left in each tier sends them %j per cent', (left, percent) => {
    expect(
      areAlike(
        shares(left, { tiers }),
        percent.map((share) => 1e7 * share),
      ),
    ).toBe(true);
  });

  test('spills earlier with less overprovisioning', () => {
    const counts = shares([8, 10, 10], { tiers, overprovisioning: 1 });
    expect(areAlike(counts, [8e8, 2e8, 0])).toBe(true);
  });

  test('without tiers is least-requests', () => {
    const loads = fleetView([3, 1, 2, 1], ({ index }) => ({ group: `g${index}` }));
    const strategy = makeStrategy('priority-tiers');
    const counts = tally(1_000, 4, (request) => strategy.pick(request, loads, 0));
    expect(counts.map((count) => count > 0)).toEqual([false, true, false, true]);
    expect(areAlike(counts, [0, 1e9, 0, 1e9])).toBe(true);
  });

  test('picks the least busy of the tier, however idle the next tier is', () => {
    const loads = fleetView([9, 7, 8, 0], ({ index }) => ({ group: index < 3 ? 'a' : 'b' }));
    const strategy = makeStrategy('priority-tiers', { tiers });
    expect(tally(50, 4, (request) => strategy.pick(request, loads, 0))).toEqual([0, 50, 0, 0]);
  });

  test('of a tier that was made smaller on purpose nothing spills', () => {
    const strategy = makeStrategy('priority-tiers', { tiers });
    const pick = (candidates: readonly ReplicaView[], picks: number) =>
      tally(picks, 30, (request) => strategy.pick(request, candidates, 0));
    pick(fleet, 1);
    for (const replica of fleet.slice(4, 10)) strategy.onLeft?.(replica, 0);
    const left = fleet.filter(({ index }) => index < 4 || index >= 10);
    const ofFirst = (counts: readonly number[]) =>
      counts.slice(0, 10).reduce((sum, count) => sum + count, 0);
    expect(ofFirst(pick(left, 1_000))).toBe(1_000);
    // Of the four that are left two fail: 1.4 times a half is 70 %.
    const failing = left.filter(({ index }) => index !== 0 && index !== 1);
    expect(Math.abs(ofFirst(pick(failing, 10_000)) - 7_000)).toBeLessThan(250);
    // Who comes back is a part of its tier again.
    for (const replica of fleet.slice(4, 10)) strategy.onJoined?.(replica, 0);
    expect(ofFirst(pick(fleet, 1_000))).toBe(1_000);
    expect(Math.abs(ofFirst(pick(fleet.slice(5), 10_000)) - 7_000)).toBeLessThan(250);
  });
});
