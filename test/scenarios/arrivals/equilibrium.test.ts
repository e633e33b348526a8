import { describe, expect, test } from 'vitest';
import { arrivalProcess, arrivalsUntilS } from '../../support/arrivals.ts';
import { errorsFrom } from '../../support/moments.ts';

const seeds = Array.from({ length: 3_000 }, (_, index) => index + 1);
const bursts = { on: { mean: '3s', cv: 0.5 }, off: { mean: '6s', cv: 2, law: 'log-normal' } };

const processes = [
  { kind: 'poisson', rate: 10 },
  { kind: 'gamma', cv: 0.3, rate: 10 },
  { kind: 'gamma', cv: 8, rate: 10 },
  { kind: 'weibull', cv: 4, rate: 10 },
  { kind: 'gamma', cv: 20, rate: 10 },
  { kind: 'poisson', rate: 10, bursts },
  { kind: 'gamma', cv: 2, rate: 10, bursts, noise: { every: '2s', cv: 0.5, lag1: 0.9 } },
  { kind: 'poisson', rate: 10, batches: { share: 0.4, within: '2ms' } },
];

describe.each(processes)('%j', (options) => {
  test('expects its rate in every window, the first like all others', () => {
    const runs = seeds.map((seed) => arrivalsUntilS(options, seed, 12));
    for (const [fromS, untilS] of [
      [0, 0.5],
      [0, 4],
      [4, 5],
      [2, 12],
    ] as const) {
      const counts = runs.map((times) => times.filter((t) => t >= fromS && t < untilS).length);
      const off = errorsFrom(10 * (untilS - fromS), counts);
      expect(off, `from ${fromS} s until ${untilS} s`).toBeLessThan(4);
    }
  });

  test('says the rate that was asked for, also when it is scaled', () => {
    const window = { fromUs: 120e6, untilUs: 720e6 };
    expect(arrivalProcess(options, { seed: 1 }).meanRps(window)).toBeCloseTo(10, 9);
    const scaled = arrivalProcess(options, { seed: 1, rateFactor: 2.5 });
    expect(scaled.meanRps(window)).toBeCloseTo(25, 9);
    const counts = Array.from({ length: 400 }, (_, seed) => {
      const process = arrivalProcess(options, { seed, rateFactor: 2.5 });
      let count = 0;
      while (process.nextUs() < 10e6) count += 1;
      return count;
    });
    expect(errorsFrom(250, counts)).toBeLessThan(4);
  });
});
