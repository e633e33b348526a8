import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidateCount, candidates, nextCheaper } from '../../../experiments/plan/candidates.ts';
import { checksOf } from '../../../experiments/plan/checks.ts';
import {
  byCost,
  type Card,
  contains,
  type Fleet,
  fleetKey,
  replicasOf,
  usdPerHourOf,
} from '../../../experiments/plan/fleet.ts';
import { smallestCount } from '../../../experiments/plan/smallest-count.ts';
import { studentT } from '../../../experiments/statistics/student-t.ts';
import type { RunSummary } from '../../../reports/summary.ts';
import { parseThreshold } from '../../../scenarios/thresholds.ts';
import { smallScenario } from '../../support/scenarios.ts';

const engine = smallScenario().fleet[0]!.engine;

function card(group: string, usdPerHour: number): Card {
  const gpu = group.toUpperCase();
  return { group, gpu, engine, tensorParallelSize: 1, gpusPerReplica: 1, usdPerHour };
}

const cards = [card('a', 1), card('b', 1.7), card('c', 0.3)];
const someLimits = fc.record({
  minReplicas: fc.integer({ min: 1, max: 3 }),
  maxReplicas: fc.integer({ min: 1, max: 7 }),
  maxKinds: fc.integer({ min: 1, max: 3 }),
});

describe('candidates', () => {
  test('are as many as there are ways to share out replicas, and no two alike', () => {
    fc.assert(
      fc.property(someLimits, (limits) => {
        const all = [...candidates({ cards, limits })];
        const enough = limits.minReplicas <= limits.maxReplicas;
        if (enough) expect(all).toHaveLength(candidateCount({ cards, limits }));
        expect(new Set(all.map(fleetKey)).size).toBe(all.length);
        for (const fleet of all) {
          expect(fleet.parts.length).toBeLessThanOrEqual(limits.maxKinds);
          expect(replicasOf(fleet)).toBeGreaterThanOrEqual(limits.minReplicas);
          expect(replicasOf(fleet)).toBeLessThanOrEqual(limits.maxReplicas);
        }
      }),
    );
  });

  test('before a fleet are those that come before it by cost, and the next cheaper is the last', () => {
    const limits = { minReplicas: 1, maxReplicas: 6, maxKinds: 2 };
    const all = [...candidates({ cards, limits })].sort(byCost);
    for (const [index, fleet] of all.entries()) {
      const before = [...candidates({ cards, limits }, fleet)].sort(byCost);
      expect(before.map(fleetKey)).toEqual(all.slice(0, index).map(fleetKey));
      const cheaper = before.filter((other) => usdPerHourOf(other) < usdPerHourOf(fleet));
      expect(nextCheaper({ cards, limits }, fleet)).toEqual(cheaper.at(-1));
    }
  });

  test('keep to the budget', () => {
    const limits = { minReplicas: 1, maxReplicas: 6, maxKinds: 3, budgetUsdPerHour: 3 };
    const { budgetUsdPerHour: _budget, ...free } = limits;
    const affordable = [...candidates({ cards, limits: free })].filter(
      (fleet) => usdPerHourOf(fleet) <= 3,
    );
    expect([...candidates({ cards, limits })].map(fleetKey)).toEqual(affordable.map(fleetKey));
  });

  test('that lie within one another cost less, so to leave them out loses no dearer one', () => {
    const all = [...candidates({ cards, limits: { minReplicas: 1, maxReplicas: 5, maxKinds: 2 } })];
    for (const fleet of all) {
      const within = all.filter((other) => contains(fleet, other) && other !== fleet);
      for (const other of within) expect(byCost(other, fleet)).toBeLessThan(0);
    }
  });
});

test('the smallest count is found wherever one begins, and undefined where there is none', async () => {
  const count = fc.integer({ min: 1, max: 100 });
  await fc.assert(
    fc.asyncProperty(count, count, count, count, async (least, span, start, answer) => {
      const most = least + span;
      const looked: number[] = [];
      const isEnough = async (tried: number) => {
        looked.push(tried);
        return tried >= answer;
      };
      const found = await smallestCount({ least, most, start, isEnough });
      expect(found).toBe(answer > most ? undefined : Math.max(least, answer));
      expect(new Set(looked).size).toBe(looked.length);
      expect(looked.length).toBeLessThanOrEqual(2 + 2 * Math.ceil(Math.log2(span + 2)));
    }),
  );
});

describe('a check', () => {
  const run = (text: string, value: number | null) =>
    ({ thresholds: [{ text, value, holds: true }] }) as unknown as RunSummary;
  const check = (text: string, values: readonly (number | null)[]) => {
    const objective = { text, threshold: parseThreshold(text) };
    return checksOf(
      'peak',
      [objective],
      values.map((value) => run(text, value)),
    )[0]!;
  };

  test('of a latency has the geometric mean, and the bound of Student over logarithms', () => {
    const { bound, headroomShare, holds, mean } = check('ttft.p99 < 2s', [800, 1_000, 1_250]);
    expect(mean).toBeCloseTo(1_000, 2);
    const error = (Math.log(1.25) / Math.sqrt(3)) * studentT(0.9, 2);
    expect(bound).toBeCloseTo(1_000 * Math.exp(error), 0);
    expect(headroomShare).toBeCloseTo(0.5);
    expect(holds).toBe(true);
  });

  test('of a goodput is bounded from below, and its headroom is of what may be missing', () => {
    const { bound, headroomShare, holds, mean } = check('goodput > 90%', [0.96, 0.95, 0.94]);
    expect(mean).toBeCloseTo(0.95);
    expect(bound).toBeCloseTo(0.95 - (0.01 / Math.sqrt(3)) * studentT(0.9, 2));
    expect(headroomShare).toBeCloseTo(0.5);
    expect(holds).toBe(true);
  });

  test('fails where nothing was measured, and where only the mean keeps the limit', () => {
    expect(check('tpot.p99 < 50ms', [10, null, 10])).toMatchObject({ mean: null, holds: false });
    expect(check('tpot.p99 < 50ms', [30, 49, 70])).toMatchObject({ holds: false });
    expect(check('tpot.p99 < 50ms', [49, 49, 49])).toMatchObject({ holds: true, bound: 49 });
  });
});

test('fleets of the same cost are told apart by how many kinds and replicas there are', () => {
  const [a, , c] = cards as [Card, Card, Card];
  const half = { ...c, usdPerHour: 0.5 };
  const of = (...parts: [Card, number][]): Fleet => ({
    parts: parts.map(([one, replicas]) => ({ card: one, replicas })),
  });
  const fleets = [of([a, 1], [half, 2]), of([half, 4]), of([a, 2])];
  expect(fleets.sort(byCost).map(fleetKey)).toEqual(['2 a', '4 c', '1 a 2 c']);
});
