import { describe, expect, test } from 'vitest';
import { createPlugin } from '../../../core/plugin.ts';
import { rates } from '../../../scenarios/rates/registry.ts';
import { arrivalsUntilS, gapsOf } from '../../support/arrivals.ts';
import { errorsFrom, kolmogorovSmirnov, mean, meanSquareAround } from '../../support/moments.ts';
import { weibullLaw } from '../../support/renewal-theory.ts';

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
const hours = Array.from({ length: 24 }, (_, hour) => 1 + (hour % 5));

const curves = [
  [
    'steps',
    {
      kind: 'steps',
      points: [
        { at: '0s', rate: 5 },
        { at: '100s', rate: 30 },
        { at: '250s', rate: 10 },
      ],
    },
    600,
  ],
  [
    'ramp',
    {
      kind: 'ramp',
      points: [
        { at: '0s', rate: 0 },
        { at: '300s', rate: 40 },
        { at: '500s', rate: 2 },
      ],
    },
    600,
  ],
  ['sinusoid', { kind: 'sinusoid', mean: 16, amplitude: 1, period: '150s' }, 600],
  ['diurnal', { kind: 'diurnal', mean: 0.1, hours, days: [1, 2] }, 48 * 3_600],
] as const;

test('every kind of curve is among them', () => {
  expect(curves.map(([kind]) => kind).toSorted()).toEqual(rates.map(({ kind }) => kind));
});

describe.each(curves)('arrivals along %s', (_kind, rate, untilS) => {
  const curve = createPlugin(rates, rate, undefined);
  const bins = 24;
  const expectedIn = Array.from({ length: bins }, (_, bin) => {
    const [fromUs, untilUs] = [bin, bin + 1].map((edge) => (edge * untilS * 1e6) / bins);
    return curve.expectedBy(untilUs!) - curve.expectedBy(fromUs!);
  });

  test('have in each part of the time the counts of a Poisson process of that rate', () => {
    const counts = seeds.map((seed) => {
      const inBin = new Array<number>(bins).fill(0);
      for (const timeS of arrivalsUntilS({ kind: 'poisson', rate }, seed, untilS)) {
        inBin[Math.floor((timeS / untilS) * bins)]! += 1;
      }
      return inBin;
    });
    // The sum over all bins and seeds of squared errors is chi-squared.
    const squares = expectedIn.flatMap((expected, bin) =>
      counts.map((inBin) => (inBin[bin]! - expected) ** 2 / expected),
    );
    expect(Math.abs(mean(squares) - 1)).toBeLessThan(4 * Math.sqrt(2 / squares.length));
    expectedIn.forEach((expected, bin) => {
      const total = counts.reduce((sum, inBin) => sum + inBin[bin]!, 0);
      const standardError = Math.sqrt(expected * seeds.length);
      expect(Math.abs(total - expected * seeds.length)).toBeLessThan(4 * standardError);
    });
  });

  test('keep the law of their gaps on a clock that runs with the rate', () => {
    const cv = 2;
    const runs = seeds.map((seed) => {
      const times = arrivalsUntilS({ kind: 'weibull', cv, rate }, seed, untilS);
      return gapsOf(times.map((timeS) => curve.expectedBy(timeS * 1e6)));
    });
    const expected = curve.expectedBy(untilS * 1e6);
    expect(
      errorsFrom(
        expected,
        runs.map((gaps) => gaps.length + 1),
      ),
    ).toBeLessThan(4);
    // A window cuts the longest gaps off; the first thousand are all there.
    const gaps = runs.flatMap((ofSeed) => ofSeed.slice(0, 1_000));
    const distance = kolmogorovSmirnov(gaps, weibullLaw(cv).cdf);
    expect(distance * Math.sqrt(gaps.length)).toBeLessThan(1.95);
    expect(Math.abs(Math.sqrt(meanSquareAround(1, gaps)) / cv - 1)).toBeLessThan(0.05);
  });
});
