import { describe, expect, test } from 'vitest';
import { drawLengths, lengthDistance } from '../../support/lengths.ts';
import { errorsFrom, mean } from '../../support/moments.ts';
import { gammaLaw, weibullLaw } from '../../support/renewal-theory.ts';
import { normalCdf } from '../../support/special-functions.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
const count = 10_000;

/** The chance of at most so many tokens, after rounding and before the clamp. */
type UpTo = (tokens: number) => number;

const normal =
  (mu: number, sd: number): UpTo =>
  (n) =>
    normalCdf((n + 0.5 - mu) / sd);
const logNormal =
  (mu: number, sigma: number): UpTo =>
  (n) =>
    n < 0 ? 0 : normalCdf((Math.log(n + 0.5) - mu) / sigma);
const relative =
  (law: { cdf(x: number): number }, scale: number): UpTo =>
  (n) =>
    n < 0 ? 0 : law.cdf((n + 0.5) / scale);

function zipf(exponent: number, min: number, max: number): UpTo {
  const upTo = new Map<number, number>();
  let total = 0;
  for (let n = min; n <= max; n++) {
    total += n ** -exponent;
    upTo.set(n, total);
  }
  return (n) => (n < min ? 0 : upTo.get(Math.min(n, max))! / total);
}

const [gamma, weibull] = [gammaLaw(1.5), weibullLaw(1.5)];
const families: [string, Readonly<Record<string, unknown>>, UpTo][] = [
  ['uniform', { min: 3, max: 40 }, (n) => (n - 2) / 38],
  ['normal', { mean: 300, sd: 150, min: 10, max: 1_000 }, normal(300, 150)],
  ['log-normal', { mu: 6.262, sigma: 0.9162 }, logNormal(6.262, 0.9162)],
  ['log-normal', { p50: 115, p99: 1_150 }, logNormal(Math.log(115), Math.log(10) / 2.32634787404)],
  ['gamma', { mean: 400, sd: 600, max: 10_000 }, relative(gamma, 400)],
  ['weibull', { mean: 400, sd: 600, min: 50 }, relative(weibull, 400)],
  ['zipf', { exponent: 1.2, max: 5_000 }, zipf(1.2, 1, 5_000)],
  ['zipf', { exponent: 1, min: 16, max: 4_096 }, zipf(1, 16, 4_096)],
  ['zipf', { exponent: 0.3, min: 100, max: 200 }, zipf(0.3, 100, 200)],
  ['zipf', { exponent: 4, max: 1_000_000 }, zipf(4, 1, 1_000_000)],
];

describe.each(families)('%s lengths of %j', (kind, options, upTo) => {
  const samples = seeds.map((seed) => drawLengths({ kind, ...options }, { seed, count }));
  const { min = 1, max = 131_072 } = options as { min?: number; max?: number };

  test('follow their law, clamped at the bounds (Kolmogorov-Smirnov, 99.9 %)', () => {
    const clamped: UpTo = (n) => (n < min ? 0 : n >= max ? 1 : upTo(n));
    expect(lengthDistance(samples.flat(), clamped)).toBeLessThan(1.95);
    for (const length of samples.flat()) {
      if (!Number.isInteger(length) || length < min || length > max) expect.fail(`${length}`);
    }
  });

  test('have the mean of that law', () => {
    // The mean of a whole number is the sum of the chances to exceed each one below it.
    let expected = min;
    for (let n = min; n < max; n++) expected += 1 - upTo(n);
    expect(errorsFrom(expected, samples.map(mean))).toBeLessThan(4);
  });
});

test('gamma and weibull lengths have the mean and the spread that were asked for', () => {
  for (const kind of ['gamma', 'weibull']) {
    for (const [asked, sd] of [
      [500, 250],
      [500, 1_000],
    ] as const) {
      const options = { kind, mean: asked, sd, max: 10_000_000 };
      const samples = seeds.map((seed) => drawLengths(options, { seed, count }));
      // Nothing is shorter than a token, which lifts the mean by less than one.
      expect(Math.abs(mean(samples.map(mean)) - asked)).toBeLessThan(
        1 + (4 * sd) / Math.sqrt(count * seeds.length),
      );
      const squares = samples.map((sample) => mean(sample.map((n) => (n - asked) ** 2)));
      expect(Math.abs(Math.sqrt(mean(squares)) / sd - 1)).toBeLessThan(0.03);
    }
  }
});
