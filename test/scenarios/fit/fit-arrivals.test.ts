import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../../scenarios/fit/burstiness.ts';
import { type FittedArrivals, fitArrivals } from '../../../scenarios/fit/fit-arrivals.ts';
import { arrivalsUntilS } from '../../support/arrivals.ts';

function fitted(options: Readonly<Record<string, unknown>>, untilS: number): FittedArrivals {
  const times = arrivalsUntilS(options, 7, untilS);
  return fitArrivals(times.map((timeS) => Math.round(timeS * 1e6)));
}

/** By which share each figure of the fit is off. */
function errorsOf({ fitted, trace }: FittedArrivals): Record<string, number> {
  const wanted = figuresOf(trace);
  const errors = figuresOf(fitted).map(({ name, value }, index) => {
    return [name, Math.abs(value / wanted[index]!.value - 1)];
  });
  return Object.fromEntries(errors) as Record<string, number>;
}

describe('arrivals fitted to a process of known law', { timeout: 300_000 }, () => {
  test.each([1, 0.5, 2.5])('a gamma process of CV %f is one again', (cv) => {
    const fit = fitted({ kind: 'gamma', cv, rate: 2 }, 12_000);
    expect(fit.options['kind']).toBe('gamma');
    expect(Math.abs(Number(fit.options['cv']) / cv - 1)).toBeLessThan(0.1);
    expect(Math.abs(Number(fit.options['rate']) / 2 - 1)).toBeLessThan(0.05);
    for (const error of Object.values(errorsOf(fit))) expect(error).toBeLessThan(0.2);
  });

  test.each([
    { kind: 'gamma', cv: 1, rate: 6, noise: { every: '1m', cv: 0.4, lag1: 0.8 } },
    { kind: 'gamma', cv: 1.4, rate: 3, bursts: { on: { mean: '9s' }, off: { mean: '20s' } } },
  ])('what %j does with the counts is met', (options) => {
    const fit = fitted(options, 2_000);
    for (const error of Object.values(errorsOf(fit))) expect(error).toBeLessThan(0.2);
  });

  test('over more than a day the hours are met, the empty ones too', () => {
    const points = Array.from({ length: 36 }, (_, hour) => {
      return { at: `${hour}h`, rate: hour % 12 === 3 ? 0 : 0.01 * (1 + (hour % 12)) };
    });
    const fit = fitted({ kind: 'poisson', rate: { kind: 'steps', points } }, 36 * 3_600);
    const rate = fit.options['rate'] as { points: { at: string; rate: number }[] };
    expect(rate.points).toHaveLength(36);
    // Hours count from the first request, so a little of the next one falls into the empty one.
    expect(rate.points[3]!.rate).toBeLessThan(0.004);
    expect(Math.abs(rate.points[11]!.rate / 0.12 - 1)).toBeLessThan(0.2);
    for (const error of Object.values(errorsOf(fit))) expect(error).toBeLessThan(0.2);
  });
});
