import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPlugin } from '../../../core/plugin.ts';
import { rates } from '../../../scenarios/rates/registry.ts';
import { meanRps, type RateCurve } from '../../../scenarios/rates.ts';
import { anyRate } from '../../support/any-rate.ts';
import { firstArrivalsS } from '../../support/arrivals.ts';

function curveOf(options: Readonly<Record<string, unknown>>): RateCurve {
  return createPlugin(rates, options, undefined);
}

/** Requests per second around a time, from the integral. */
function rpsAt(curve: RateCurve, atS: number): number {
  return meanRps(curve, { fromUs: atS * 1e6 - 500, untilUs: atS * 1e6 + 500 });
}

describe('every curve', () => {
  test('has an integral that starts at zero, never falls and never ends', () => {
    const times = fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 2, maxLength: 20 });
    const property = fc.property(anyRate, times, (options, given) => {
      const curve = curveOf(options);
      expect(curve.expectedBy(0)).toBeCloseTo(0, 9);
      const expected = given.toSorted((a, b) => a - b).map((timeUs) => curve.expectedBy(timeUs));
      expected.slice(1).forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(expected[i]! - 1e-9 * Math.abs(value));
      });
      expect(curve.timeOf(1e6)).toBeLessThan(Number.POSITIVE_INFINITY);
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test('is inverted exactly, at the earliest time by which so many are expected', () => {
    const counts = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 20 });
    const property = fc.property(anyRate, counts, (options, given) => {
      const curve = curveOf(options);
      for (const expected of given) {
        const timeUs = curve.timeOf(expected);
        expect(timeUs).toBeGreaterThanOrEqual(0);
        expect(Math.abs(curve.expectedBy(timeUs) - expected)).toBeLessThan(1e-6 + expected * 1e-9);
        const beforeUs = Math.max(0, timeUs - 1_000);
        expect(curve.expectedBy(beforeUs)).toBeLessThanOrEqual(expected * (1 + 1e-9) + 1e-9);
      }
      const times = given.toSorted((a, b) => a - b).map(curve.timeOf);
      times.slice(1).forEach((timeUs, i) => {
        expect(timeUs).toBeGreaterThanOrEqual(times[i]! - 1e-3);
      });
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });
});

describe('the rate', () => {
  const points = [
    { at: '0s', rate: 4 },
    { at: '10s', rate: 0 },
    { at: '20s', rate: 8 },
  ];

  test('of steps holds until the next', () => {
    const curve = curveOf({ kind: 'steps', points });
    expect([5, 15, 25, 1e5].map((s) => rpsAt(curve, s))).toEqual([4, 0, 8, 8].map(near));
    expect(curve.expectedBy(30e6)).toBeCloseTo(120, 9);
    // Nobody comes in the pause: the last of before comes at its beginning.
    expect(curve.timeOf(40)).toBeCloseTo(10e6, 3);
    expect(curve.timeOf(40.0001)).toBeGreaterThan(20e6);
  });

  test('of a ramp lies on the line between two points', () => {
    const curve = curveOf({ kind: 'ramp', points });
    expect([0.001, 5, 10, 15, 25].map((s) => rpsAt(curve, s))).toEqual(
      [3.9996, 2, 0.00015, 4, 8].map(near),
    );
    expect(curve.expectedBy(20e6)).toBeCloseTo(60, 9);
  });

  test('of a sinusoid follows its formula', () => {
    const curve = curveOf({
      kind: 'sinusoid',
      mean: 10,
      amplitude: 0.6,
      period: '40s',
      phase: 0.1,
    });
    for (const atS of [1, 7, 22, 39, 1_234]) {
      const rps = 10 * (1 + 0.6 * Math.sin(2 * Math.PI * (atS / 40 + 0.1)));
      expect(rpsAt(curve, atS)).toBeCloseTo(rps, 4);
    }
    expect(meanRps(curve, { fromUs: 3e6, untilUs: 83e6 })).toBeCloseTo(10, 9);
  });

  test('of a day goes by its hours and days, and keeps its mean', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    const curve = curveOf({ kind: 'diurnal', mean: 23, hours, days: [1, 3], startHour: 22 });
    const hourS = 3_600;
    // The mean factor is 11.5 * 2, so that a factor is a request per second.
    expect([0.5, 1.5, 2.5, 3.5, 27.5, 48.5].map((h) => rpsAt(curve, h * hourS))).toEqual(
      [22, 23, 0, 3, 1, 22].map(near),
    );
    expect(meanRps(curve, { fromUs: 7e9, untilUs: 7e9 + 2 * 48 * hourS * 1e6 })).toBeCloseTo(23, 9);
  });
});

test('constant arrivals come each time that one more is expected', () => {
  const points = [
    { at: '0s', rate: 2 },
    { at: '2s', rate: 4 },
  ];
  const options = { kind: 'constant', rate: { kind: 'steps', points } };
  expect(firstArrivalsS(options, 1, 8)).toEqual([0.5, 1, 1.5, 2, 2.25, 2.5, 2.75, 3].map(near));
});

function near(value: number): unknown {
  return expect.closeTo(value, 6);
}
