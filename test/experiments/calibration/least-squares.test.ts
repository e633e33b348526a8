import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nonNegativeLeastSquares } from '../../../experiments/calibration/least-squares.ts';

const entry = fc.integer({ min: -100, max: 100 });
const anySystem = fc.integer({ min: 1, max: 5 }).chain((columns) =>
  fc.integer({ min: columns, max: 9 }).chain((count) =>
    fc.record({
      rows: fc.array(fc.array(entry, { minLength: columns, maxLength: columns }), {
        minLength: count,
        maxLength: count,
      }),
      right: fc.array(entry, { minLength: count, maxLength: count }),
    }),
  ),
);
type System = typeof anySystem extends fc.Arbitrary<infer T> ? T : never;

function residuals({ rows, right }: System, x: readonly number[]): number[] {
  return rows.map((row, i) => right[i]! - row.reduce((sum, value, j) => sum + value * x[j]!, 0));
}

function loss(system: System, x: readonly number[]): number {
  return residuals(system, x).reduce((sum, value) => sum + value * value, 0);
}

/** The best of the ordinary solutions over every choice of unknowns that may differ from zero. */
function bestOfAllChoices(system: System): number {
  const columns = system.rows[0]!.length;
  let best = loss(system, new Array<number>(columns).fill(0));
  for (let choice = 1; choice < 2 ** columns; choice++) {
    const free = Array.from({ length: columns }, (_, j) => j).filter((j) => (choice >> j) & 1);
    const solved = normalEquations(system, free);
    if (solved === undefined || solved.some((value) => value < 0)) continue;
    const x = new Array<number>(columns).fill(0);
    free.forEach((j, i) => {
      x[j] = solved[i]!;
    });
    best = Math.min(best, loss(system, x));
  }
  return best;
}

/** By Gauss and Jordan, in another way than the program under test; undefined when singular. */
function normalEquations({ rows, right }: System, free: readonly number[]): number[] | undefined {
  const a = free.map((j) => [
    ...free.map((k) => rows.reduce((sum, row) => sum + row[j]! * row[k]!, 0)),
    rows.reduce((sum, row, i) => sum + row[j]! * right[i]!, 0),
  ]);
  for (let k = 0; k < a.length; k++) {
    const pivot = a.findIndex((row, i) => i >= k && Math.abs(row[k]!) > 1e-6);
    if (pivot < 0) return undefined;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    const divisor = a[k]![k]!;
    a[k] = a[k]!.map((value) => value / divisor);
    for (const [i, row] of a.entries()) {
      if (i !== k) a[i] = row.map((value, j) => value - row[k]! * a[k]![j]!);
    }
  }
  return a.map((row) => row.at(-1)!);
}

test('finds what trying every choice of unknowns finds', () => {
  const property = fc.property(anySystem, (system) => {
    const x = nonNegativeLeastSquares(system);
    const scale = 1 + loss(system, new Array<number>(x.length).fill(0));
    expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
    expect(loss(system, x)).toBeLessThanOrEqual(bestOfAllChoices(system) + 1e-7 * scale);
  });
  fc.assert(property, { seed: 1, numRuns: 1_500 });
});

test('stops where no unknown can be changed for the better', () => {
  const property = fc.property(anySystem, (system) => {
    const x = nonNegativeLeastSquares(system);
    const rest = residuals(system, x);
    for (const [j, value] of x.entries()) {
      const column = system.rows.map((row) => row[j]!);
      const length = Math.sqrt(column.reduce((sum, entry) => sum + entry * entry, 0)) || 1;
      const gradient = column.reduce((sum, entry, i) => sum + entry * rest[i]!, 0) / length;
      if (value > 1e-6) expect(Math.abs(gradient)).toBeLessThan(1e-5);
      else expect(gradient).toBeLessThan(1e-5);
    }
  });
  fc.assert(property, { seed: 2, numRuns: 1_500 });
});

test('copes with a column of zeros and with two equal columns', () => {
  const rows = [
    [1, 0, 1],
    [2, 0, 2],
    [3, 0, 3],
  ];
  const [first, zero, second] = nonNegativeLeastSquares({ rows, right: [2, 4, 6] });
  expect(zero).toBe(0);
  expect(first! + second!).toBeCloseTo(2, 12);
});
