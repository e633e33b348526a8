import { describe, expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import { createWait, type WaitOption } from '../../scenarios/waits.ts';
import { kolmogorovSmirnov, mean, variance } from '../support/moments.ts';
import { normalCdf } from '../support/special-functions.ts';

const free = { min: '0s', max: '1d' };

function draws(option: WaitOption, count = 40_000): number[] {
  const next = createWait(option, randomStream(1, 'waits'));
  return Array.from({ length: count }, () => next() / 1e6);
}

describe('a wait', () => {
  test('that is one duration is always that', () => {
    expect(new Set(draws('45s', 10))).toEqual(new Set([45]));
  });

  test('of a mean and sd has them', () => {
    const seconds = draws({ mean: '45s', sd: '40s', ...free });
    expect(Math.abs(mean(seconds) - 45)).toBeLessThan((4 * 40) / Math.sqrt(seconds.length));
    expect(Math.sqrt(variance(seconds)) / 40).toBeCloseTo(1, 1);
  });

  test('of a median and sigma is log-normal', () => {
    const seconds = draws({ median: '60s', sigma: 1.2, ...free });
    const law = (s: number) => normalCdf(Math.log(s / 60) / 1.2);
    expect(kolmogorovSmirnov(seconds, law)).toBeLessThan(1.63 / Math.sqrt(seconds.length));
  });

  test('keeps its bounds, and is whole microseconds', () => {
    const seconds = draws({ mean: '45s', sd: '40s', min: '5s', max: '60s' }, 5_000);
    expect(Math.min(...seconds)).toBe(5);
    expect(Math.max(...seconds)).toBe(60);
    for (const s of seconds) expect(Number.isSafeInteger(Math.round(s * 1e6))).toBe(true);
  });

  test('without a spread is its mean', () => {
    expect(new Set(draws({ mean: '2s', sd: '0s', ...free }, 10))).toEqual(new Set([2]));
  });
});
