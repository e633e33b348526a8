import { describe, expect, test } from 'vitest';
import { arrivalsUntilS, countsPerWindow, firstArrivalsS, gapsOf } from '../../support/arrivals.ts';
import { errorsFrom, kolmogorovSmirnov, mean, meanSquareAround } from '../../support/moments.ts';
import {
  countDispersion,
  gammaLaw,
  longDispersion,
  weibullLaw,
} from '../../support/renewal-theory.ts';

const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
const rate = 5;
const untilS = 6_000;

describe.each([
  ['gamma', 0.5],
  ['gamma', 1],
  ['gamma', 2],
  ['gamma', 4],
  ['weibull', 0.5],
  ['weibull', 1],
  ['weibull', 2],
  ['weibull', 4],
] as const)('%s arrivals with a CV of %d', (kind, cv) => {
  const options = { kind, cv, rate };
  const law = kind === 'gamma' ? gammaLaw(cv) : weibullLaw(cv);
  const runs = seeds.map((seed) => arrivalsUntilS(options, seed, untilS));
  const gaps = seeds.map((seed) =>
    gapsOf(firstArrivalsS(options, seed, 20_001)).map((gapS) => gapS * rate),
  );

  test('have the rate and the variation that were asked for', () => {
    const rates = runs.map((times) => times.length / untilS);
    expect(errorsFrom(rate, rates)).toBeLessThan(4);
    expect(Math.abs(mean(rates) / rate - 1)).toBeLessThan(0.02);
    const squares = gaps.map((ofSeed) => meanSquareAround(1, ofSeed));
    expect(errorsFrom(cv ** 2, squares)).toBeLessThan(4);
    expect(Math.abs(Math.sqrt(mean(squares)) / cv - 1)).toBeLessThan(cv <= 2 ? 0.05 : 0.1);
  });

  test('have independent gaps that follow the law (Kolmogorov-Smirnov, 99.9 %)', () => {
    // Gaps far below a microsecond vanish in the difference of two times.
    const least = 1e-6;
    const pooled = gaps.flat().filter((gap) => gap > least);
    const cdf = (gap: number) => (law.cdf(gap) - law.cdf(least)) / (1 - law.cdf(least));
    expect(kolmogorovSmirnov(pooled, cdf) * Math.sqrt(pooled.length)).toBeLessThan(1.95);
    const shareAbove = pooled.length / gaps.flat().length;
    expect(Math.abs(shareAbove - (1 - law.cdf(least)))).toBeLessThan(0.003);
    const products = gaps.map((g) => mean(g.slice(1).map((gap, i) => (gap - 1) * (g[i]! - 1))));
    expect(errorsFrom(0, products)).toBeLessThan(4);
  });

  test.each([1, 10, 60])('have counts over %d s as dispersed as renewal theory says', (windowS) => {
    const expected = rate * windowS;
    const theory = windowS === 60 ? longDispersion(law, expected) : countDispersion(law, expected);
    const dispersions = runs.map(
      (times) => meanSquareAround(expected, countsPerWindow(times, { windowS, untilS })) / expected,
    );
    expect(errorsFrom(theory, dispersions)).toBeLessThan(4);
    expect(Math.abs(mean(dispersions) / theory - 1)).toBeLessThan(0.1);
  });
});

describe('renewal theory itself', () => {
  test.each([
    ['gamma', gammaLaw(2)],
    ['weibull', weibullLaw(2)],
    ['regular', gammaLaw(0.5)],
  ])('agrees with its own limit: %s', (_name, law) => {
    const ratio = countDispersion(law, 50) / longDispersion(law, 50);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
  });

  test('gives a Poisson process a dispersion of one, at any window', () => {
    for (const window of [0.5, 5, 50]) {
      expect(countDispersion(gammaLaw(1), window)).toBeCloseTo(1, 2);
      expect(longDispersion(weibullLaw(1), window)).toBeCloseTo(1, 9);
    }
  });

  test('has the dispersions that were published for gamma arrivals at 5 per second', () => {
    // Figures of another program, which simulated them.
    const published = { 2: [3.6, 4.0, 4.1], 3: [7.2, 8.8, 9.2], 4: [11, 15, 16] };
    for (const [cv, figures] of Object.entries(published)) {
      const law = gammaLaw(Number(cv));
      const theory = [countDispersion(law, 5), countDispersion(law, 50), longDispersion(law, 300)];
      theory.forEach((value, i) => {
        expect(Math.abs(value / figures[i]! - 1)).toBeLessThan(0.06);
      });
    }
  });
});
