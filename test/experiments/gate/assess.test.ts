import { expect, test } from 'vitest';
import { assess } from '../../../experiments/gate/assess.ts';
import { floorOf, gatedMetrics } from '../../../experiments/gate/gated-metrics.ts';
import { fleetMetrics, type SeedFigures } from '../../../experiments/gate/seed-figures.ts';
import { latencyQuantileNames } from '../../../reports/summary.ts';

const strategy = { name: 'least-tokens', options: {} };
const level = 0.02;

interface Given {
  readonly saturated?: number;
  readonly replicas?: readonly string[];
  /** Of all figures against 100 ms. */
  readonly factor?: number;
  readonly without?: string;
}

/** Eight runs in which every latency is about 100 ms. */
function runs({ factor = 1, replicas = ['a', 'b'], saturated = 0, without }: Given = {}) {
  return Array.from({ length: 8 }, (_, seed): SeedFigures => {
    const ms = factor * (100 + seed);
    const latencies = latencyQuantileNames.map((name) => [name, name === without ? null : ms]);
    return {
      seed,
      digest: `${seed} ${factor}`,
      saturated: seed < saturated,
      metrics: fleetMetrics(1, Object.fromEntries(latencies)),
      replicaTpotP50: Object.fromEntries(replicas.map((replica) => [replica, ms])),
    };
  });
}

function assessed(base: SeedFigures[], head: SeedFigures[], gated = gatedMetrics()) {
  const strategies = { base: strategy, head: strategy };
  return assess([{ name: 'chat', strategies, slo: [], base, head }], gated, level)[0]!;
}

test('a fleet is overloaded when that is more than chance', () => {
  const base = runs({ saturated: 3 });
  expect(assessed(base, runs({ saturated: 4 })).outcome).toBe('identical');
  expect(assessed(runs(), runs({ saturated: 7 })).outcome).toBe('regress');
  expect(assessed(runs(), runs({ saturated: 7 })).reason).toContain('saturated in 7 of 8 seeds');
  const mostly = assessed(base, runs({ saturated: 4, factor: 0.9 }));
  expect(mostly).toMatchObject({ outcome: 'inconclusive', saturatedSeeds: { base: 3, head: 4 } });
});

test('every replica is a figure of its own, and those of one side only are told of', () => {
  const { notes, rows } = assessed(runs({ replicas: ['a', 'b'] }), runs({ replicas: ['b', 'c'] }));
  expect(rows.flatMap(({ replica }) => replica ?? [])).toEqual(['b']);
  expect(notes.join()).toContain('they did not serve in every run of both sides: a, c.');
});

test('what the baseline has and the head has not makes the runs invalid, unless they are worse', () => {
  const lacking = { without: 'e2eP99Ms' };
  expect(assessed(runs(), runs(lacking))).toMatchObject({
    outcome: 'invalid',
    reason: 'not measured in every run: E2E p99',
  });
  expect(assessed(runs(), runs({ ...lacking, factor: 2 })).outcome).toBe('regress');
});

test('what neither has is left out, unless it was asked for', () => {
  const lacking = { without: 'tpotP99Ms' };
  const plain = assessed(runs(lacking), runs(lacking));
  expect(plain.outcome).toBe('identical');
  expect(plain.notes.join()).toContain('TPOT p99 is not in every run of the baseline');
  const asked = gatedMetrics({ chosen: ['tpotP99', 'ttftP99'] });
  expect(assessed(runs(lacking), runs(lacking), asked).outcome).toBe('invalid');
});

test('digests tell how many runs are the same, and what differs first', () => {
  expect(assessed(runs(), runs()).digests).toEqual({ compared: 8, equal: 8 });
  expect(assessed(runs(), runs({ factor: 2 })).digests).toEqual({
    ...{ compared: 8, equal: 0 },
    first: { seed: 0, what: 'ttftP50 100 → 200' },
  });
  const other = runs().map((run) => ({ ...run, digest: 'other' }));
  expect(assessed(runs(), other).digests!.first!.what).toContain('none of the figures');
});

test('an objective raises the floor of its own figure, up to a tenth of what it was', () => {
  const [ttftP50, ttftP99] = ['ttftP50', 'ttftP99'].map(
    (name) => gatedMetrics().find(({ metric }) => metric === name)!,
  );
  const slo = [{ metric: 'ttft' as const, statistic: 'p99', limitMs: 2_000 }];
  expect(floorOf(ttftP50!, slo, 500)).toBe(2);
  expect(floorOf(ttftP99!, slo, 5_000)).toBe(100);
  expect(floorOf(ttftP99!, slo, 500)).toBe(50);
  expect(floorOf({ ...ttftP99!, tolerance: 0 }, slo, 500)).toBe(0);
});

test('figures are gated as they were chosen, and tolerances add to the usual ones', () => {
  const names = (options: Parameters<typeof gatedMetrics>[0]) =>
    gatedMetrics(options).map(({ metric }) => metric);
  expect(names({ chosen: ['goodput'] })).toEqual(['goodput']);
  expect(names({ tolerances: [{ metric: 'ttftP90', value: 0.1 }] })).toContain('ttftP90');
  const all = gatedMetrics({ tolerances: [{ metric: 'goodput', value: 0.5 }, { value: 0 }] });
  expect(
    all.map(({ metric, tolerance }) => (metric === 'goodput' ? tolerance - 0.5 : tolerance)),
  ).toEqual(all.map(() => 0));
});
