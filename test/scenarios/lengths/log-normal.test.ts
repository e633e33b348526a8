import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawLengths } from '../../support/lengths.ts';
import { mean, variance } from '../../support/moments.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

describe('log-normal lengths', () => {
  test.each([
    { mean: 1_246, sd: 1_204 },
    { mean: 204, sd: 164 },
    { mean: 5_000, sd: 500 },
  ])('have the mean and the spread that were asked for: %j', (asked) => {
    const count = 20_000;
    const options = { kind: 'log-normal', max: 10_000_000, ...asked };
    const samples = seeds.map((seed) => drawLengths(options, { seed, count }));
    const total = count * seeds.length;
    const standardError = asked.sd / Math.sqrt(total);
    expect(Math.abs(mean(samples.map(mean)) - asked.mean)).toBeLessThan(4 * standardError);
    // The sample variance of a long tail converges slowly; 3 % is several of its standard errors.
    const sd = Math.sqrt(mean(samples.map(variance)));
    expect(Math.abs(sd / asked.sd - 1)).toBeLessThan(0.03);
  });

  test('have logarithms that are normal', () => {
    const options = { kind: 'log-normal', mean: 50_000, sd: 30_000, max: 10_000_000 };
    const logs = drawLengths(options, { seed: 1, count: 50_000 }).map(Math.log);
    const [center, spread] = [mean(logs), Math.sqrt(variance(logs))];
    const moment = (power: number) => mean(logs.map((log) => ((log - center) / spread) ** power));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(6 / logs.length));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(24 / logs.length));
  });

  test('stay within the clamps, and reach them when the spread is wide', () => {
    const bounds = fc
      .tuple(fc.integer({ min: 1, max: 1_000 }), fc.nat(1_000))
      .map(([min, width]) => ({ min, max: min + width }));
    const shape = fc.record({
      mean: fc.integer({ min: 1, max: 2_000 }),
      sd: fc.integer({ min: 1, max: 5_000 }),
    });
    const property = fc.property(bounds, shape, fc.nat(), ({ min, max }, given, seed) => {
      const lengths = drawLengths({ kind: 'log-normal', min, max, ...given }, { seed, count: 50 });
      expect(lengths.every((n) => Number.isInteger(n) && n >= min && n <= max)).toBe(true);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });

    const wide = { kind: 'log-normal', mean: 1_000, sd: 3_000, min: 100, max: 2_000 };
    const lengths = drawLengths(wide, { seed: 1, count: 2_000 });
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([100, 2_000]);
  });
});
