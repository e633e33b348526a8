import { describe, expect, test } from 'vitest';
import { RequestStream } from '../../../scenarios/request-stream.ts';
import { kolmogorovSmirnov, mean, variance } from '../../support/moments.ts';
import { smallScenario } from '../../support/scenarios.ts';

const rateRps = 40;
const requests = 4_000;
const seeds = Array.from({ length: 25 }, (_, index) => index + 1);

/** The arrival times, in seconds, that a run with this seed would see. */
function arrivalsS(seed: number): number[] {
  const scenario = smallScenario({
    traffic: [{ arrivals: { kind: 'poisson', rate: rateRps } }],
  });
  const stream = new RequestStream(scenario, seed);
  return Array.from({ length: requests }, () => stream.next().arrivalUs / 1e6);
}

const runs = seeds.map(arrivalsS);
const gapsS = runs.map((times) => times.map((time, index) => time - (times[index - 1] ?? 0)));
const pooledGapsS = gapsS.flat();

describe('poisson arrivals', () => {
  test('have the rate that was asked for, within four standard errors of each seed', () => {
    for (const times of runs) {
      const observedRps = requests / times.at(-1)!;
      expect(Math.abs(observedRps / rateRps - 1)).toBeLessThan(4 / Math.sqrt(requests));
    }
    expect(Math.abs(mean(pooledGapsS) * rateRps - 1)).toBeLessThan(
      3 / Math.sqrt(pooledGapsS.length),
    );
  });

  test('have gaps whose coefficient of variation is one', () => {
    const variation = Math.sqrt(variance(pooledGapsS)) / mean(pooledGapsS);
    // The standard error of an exponential's coefficient of variation is 1 / sqrt(n).
    expect(Math.abs(variation - 1)).toBeLessThan(3.5 / Math.sqrt(pooledGapsS.length));
  });

  test('have gaps that follow the exponential distribution (Kolmogorov-Smirnov, 99.9 %)', () => {
    const distribution = (gapS: number) => 1 - Math.exp(-rateRps * gapS);
    for (const gaps of [...gapsS, pooledGapsS]) {
      expect(kolmogorovSmirnov(gaps, distribution) * Math.sqrt(gaps.length)).toBeLessThan(1.95);
    }
  });

  test('have independent gaps', () => {
    const correlations = gapsS.map((gaps) => {
      const products = gaps
        .slice(1)
        .map((gap, i) => (gap * rateRps - 1) * (gaps[i]! * rateRps - 1));
      return mean(products);
    });
    expect(Math.abs(mean(correlations))).toBeLessThan(4 / Math.sqrt(pooledGapsS.length));
  });

  test('have counts per second whose index of dispersion is one', () => {
    const counts = runs.flatMap((times) => {
      const perSecond = new Array<number>(Math.floor(times.at(-1)!)).fill(0);
      for (const time of times) {
        if (time < perSecond.length) perSecond[Math.floor(time)]! += 1;
      }
      return perSecond;
    });
    expect(counts.length).toBeGreaterThan(2_000);
    const dispersion = variance(counts) / mean(counts);
    expect(Math.abs(dispersion - 1)).toBeLessThan(3.5 * Math.sqrt(2 / counts.length));
  });
});
