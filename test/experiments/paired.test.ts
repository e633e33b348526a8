import { randomNormal } from 'd3-random';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import { isDecided, meanWithInterval, pairedChange } from '../../experiments/statistics/paired.ts';

describe('the paired change', () => {
  test('is the ratio of the geometric means, with a t interval on the logarithms', () => {
    const a = [100, 200, 400];
    const change = pairedChange(a, [110, 242, 399.3], 'lower');
    const logs = [110 / 100, 242 / 200, 399.3 / 400].map(Math.log);
    const mean = (logs[0]! + logs[1]! + logs[2]!) / 3;
    expect(change.estimate).toBeCloseTo(Math.expm1(mean), 5);
    const spread = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 2);
    const half = (4.30265 * spread) / Math.sqrt(3);
    expect(change.interval!.low).toBeCloseTo(Math.expm1(mean - half), 4);
    expect(change.interval!.high).toBeCloseTo(Math.expm1(mean + half), 4);
  });

  test('does not depend on what the seeds have in common', () => {
    const factors = [1.02, 1.05, 1.03, 1.04];
    const a = [10, 20, 400, 3];
    const b = a.map((value, seed) => value * factors[seed]!);
    const other = a.map((value) => value * 7);
    const same = pairedChange(
      other,
      other.map((value, seed) => value * factors[seed]!),
      'lower',
    );
    expect(pairedChange(a, b, 'lower')).toEqual(same);
  });

  test('of a thing against itself is nothing, and decides nothing', () => {
    const change = pairedChange([1, 2, 3], [1, 2, 3], 'lower');
    expect(change).toMatchObject({ estimate: 0, seedsBetter: 0, seedsDiffering: 0 });
    expect(isDecided(change)).toBe(false);
  });

  test('is a difference where a value may be zero', () => {
    const change = pairedChange([0, 1, 2], [1, 2, 3], 'higher');
    expect(change).toMatchObject({ kind: 'difference', estimate: 1, seedsBetter: 3 });
  });

  test('from a single seed has no interval and decides nothing', () => {
    const change = pairedChange([100], [50], 'lower');
    expect(change.interval).toBeNull();
    expect(isDecided(change)).toBe(false);
  });
});

test('a 95 % interval covers the truth in 95 % of the cases', () => {
  const draw = randomNormal.source(randomStream(1, 'coverage'))(10, 3);
  const trials = 40_000;
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { interval } = meanWithInterval(Array.from({ length: 8 }, draw));
    if (interval!.low <= 10 && interval!.high >= 10) covered += 1;
  }
  // Four standard errors of a proportion of 0.95 over 40,000 trials are 0.44 points.
  expect(covered / trials).toBeGreaterThan(0.9456);
  expect(covered / trials).toBeLessThan(0.9544);
});
