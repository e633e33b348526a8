import { randomNormal } from 'd3-random';
import { expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import { looksOf } from '../../experiments/statistics/looks.ts';
import { chanceAbove } from '../../experiments/statistics/one-sided.ts';
import { studentT } from '../../experiments/statistics/student-t.ts';

test('seeds double until there are as many as may be', () => {
  expect(looksOf(8, 32).sizes).toEqual([8, 16, 32]);
  expect(looksOf(8, 20).sizes).toEqual([8, 16, 20]);
  expect(looksOf(5, 5).sizes).toEqual([5]);
  expect(looksOf(5, 5)).toMatchObject({ twoSided: 0.05, oneSided: 0.05 });
});

test.each([
  [8, 8],
  [8, 16],
  [8, 32],
  [8, 64],
  [10, 40],
])('from %i to %i seeds, one experiment of twenty sees what is not there', (first, most) => {
  const looks = looksOf(first, most);
  const normal = randomNormal.source(randomStream(1, `looks/${first}/${most}`))();
  const bounds = looks.sizes.map((seeds) => studentT(1 - looks.twoSided, seeds - 1));
  const oneSidedBounds = looks.sizes.map((seeds) => studentT(1 - 2 * looks.oneSided, seeds - 1));
  const repetitions = 20_000;
  let twoSided = 0;
  let oneSided = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const values = Array.from({ length: most }, () => normal());
    const statistics = looks.sizes.map((seeds) => tOf(values, seeds));
    if (statistics.some((t, look) => Math.abs(t) > bounds[look]!)) twoSided += 1;
    if (statistics.some((t, look) => t > oneSidedBounds[look]!)) oneSided += 1;
  }
  // Three standard errors of the estimate on either side, and what t differs from normal.
  expect(twoSided / repetitions).toBeGreaterThan(0.043);
  expect(twoSided / repetitions).toBeLessThan(0.057);
  expect(oneSided / repetitions).toBeGreaterThan(0.043);
  expect(oneSided / repetitions).toBeLessThan(0.057);
});

test('the chance of a mean above a limit is that of the table of t', () => {
  // Nine degrees of freedom: 1.833 is exceeded in one of twenty cases.
  const values = [-2, -1.5, -1, -0.5, 0, 0, 0.5, 1, 1.5, 2];
  const error = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 9 / 10);
  expect(chanceAbove(values, -1.833 * error)).toBeCloseTo(0.05, 3);
  expect(chanceAbove(values, 1.833 * error)).toBeCloseTo(0.95, 3);
  expect(chanceAbove([3, 3, 3], 2)).toBe(0);
  expect(chanceAbove([3, 3, 3], 3)).toBe(1);
});

function tOf(values: readonly number[], seeds: number): number {
  let sum = 0;
  let squares = 0;
  for (let seed = 0; seed < seeds; seed++) {
    sum += values[seed]!;
    squares += values[seed]! * values[seed]!;
  }
  const mean = sum / seeds;
  const variance = (squares - seeds * mean * mean) / (seeds - 1);
  return mean / Math.sqrt(variance / seeds);
}
