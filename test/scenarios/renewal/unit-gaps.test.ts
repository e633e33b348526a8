import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { type GapLaw, unitGaps, weibullShape } from '../../../scenarios/renewal/unit-gaps.ts';
import { errorsFrom, kolmogorovSmirnov, mean } from '../../support/moments.ts';
import { gammaLaw, weibullLaw } from '../../support/renewal-theory.ts';
import { gammaP, normalCdf } from '../../support/special-functions.ts';

const count = 100_000;
const seeds = Array.from({ length: 25 }, (_, index) => index + 1);

function draws(law: GapLaw, cv: number, seed: number, of: 'next' | 'residual', n = count) {
  const gaps = unitGaps({ law, cv }, randomStream(seed, 'gaps'));
  return Array.from({ length: n }, () => gaps[of]());
}

function logNormalCdf(cv: number): (gap: number) => number {
  const variance = Math.log1p(cv ** 2);
  return (gap) => normalCdf((Math.log(gap) + variance / 2) / Math.sqrt(variance));
}

const laws = [0.3, 1, 2, 4].flatMap((cv) => [
  ['gamma', cv, gammaLaw(cv).cdf] as const,
  ['weibull', cv, weibullLaw(cv).cdf] as const,
  ['log-normal', cv, logNormalCdf(cv)] as const,
]);

describe.each(laws)('%s gaps with a CV of %d', (law, cv, cdf) => {
  test('follow their law (Kolmogorov-Smirnov, 99.9 %)', () => {
    const sample = draws(law, cv, 1, 'next');
    expect(kolmogorovSmirnov(sample, cdf) * Math.sqrt(count)).toBeLessThan(1.95);
  });

  test('have the residuals of their law: the density is 1 - F', () => {
    // The chance that a residual is below x is the integral of 1 - F up to x.
    for (const x of [0.01, 0.1, 0.5, 1, 2, 5]) {
      const steps = 4_000;
      // Squares put the points where a law with a large CV changes fastest, near zero.
      const at = (i: number) => x * (i / steps) ** 2;
      let expected = 0;
      for (let i = 0; i < steps; i++) {
        expected += (1 - cdf((at(i) + at(i + 1)) / 2)) * (at(i + 1) - at(i));
      }
      const shares = seeds.map(
        (seed) => draws(law, cv, seed, 'residual', 4_000).filter((gap) => gap < x).length / 4_000,
      );
      if (expected < 0.999) expect(errorsFrom(expected, shares), `below ${x}`).toBeLessThan(4);
    }
  });
});

describe('gamma gaps with a CV of 20, most of which are smaller than 1e-100', () => {
  const cv = 20;
  const shape = 1 / cv ** 2;

  test('follow their law over hundreds of decades', () => {
    const sample = draws('gamma', cv, 1, 'next', 200_000);
    for (const bound of [1e-250, 1e-100, 1e-30, 1e-10, 1e-3, 0.1, 1, 10, 100, 1_000]) {
      const expected = gammaP(shape, bound * shape);
      const observed = sample.filter((gap) => gap < bound).length / sample.length;
      const standardError = Math.sqrt((expected * (1 - expected)) / sample.length);
      expect(Math.abs(observed - expected), `below ${bound}`).toBeLessThan(4 * standardError);
    }
  });

  test('keep their mean of one', () => {
    const means = seeds.map((seed) => mean(draws('gamma', cv, seed, 'next', 40_000)));
    expect(errorsFrom(1, means)).toBeLessThan(4);
    expect(Math.abs(mean(means) - 1)).toBeLessThan(0.1);
  });
});

describe('the shape of a Weibull distribution', () => {
  test.each([
    // An exponential; Gamma(5) / Gamma(3)^2 = 6; Gamma(2) / Gamma(1.5)^2 = 4 / pi.
    [1, 1],
    [Math.sqrt(5), 0.5],
    [Math.sqrt(4 / Math.PI - 1), 2],
  ])('for a CV of %d is %d', (cv, shape) => {
    expect(weibullShape(cv)).toBeCloseTo(shape, 8);
  });

  test('is found for every CV that may be asked for', () => {
    for (const cv of [0.01, 0.1, 20, 100]) {
      const { variance } = weibullLaw(cv);
      expect(Math.sqrt(variance) / cv).toBeCloseTo(1, 6);
    }
  });
});

test('constant gaps are all one, and are met anywhere', () => {
  expect(new Set(draws('constant', 1, 1, 'next'))).toEqual(new Set([1]));
  const uniform = kolmogorovSmirnov(draws('constant', 1, 1, 'residual'), (x) => x);
  expect(uniform * Math.sqrt(count)).toBeLessThan(1.95);
});
