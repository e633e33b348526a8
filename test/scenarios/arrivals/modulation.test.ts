import { describe, expect, test } from 'vitest';
import { type ArrivalOptions, arrivalsUntilS, countsPerWindow } from '../../support/arrivals.ts';
import { errorsFrom, mean, meanSquareAround, variance } from '../../support/moments.ts';

// Poisson arrivals under a random rate have counts whose dispersion is known in closed form: one,
// plus what the rate itself varies. A process that is stationary has it in any window.

const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
const rate = 5;
const untilS = 30_000;

function runsOf(options: ArrivalOptions): number[][] {
  return seeds.map((seed) => arrivalsUntilS({ kind: 'poisson', rate, ...options }, seed, untilS));
}

function dispersions(runs: readonly number[][], windowS: number): number[] {
  const expected = rate * windowS;
  return runs.map(
    (times) => meanSquareAround(expected, countsPerWindow(times, { windowS, untilS })) / expected,
  );
}

function expectDispersion(runs: readonly number[][], windowS: number, theory: number) {
  const observed = dispersions(runs, windowS);
  expect(errorsFrom(theory, observed), `${windowS} s`).toBeLessThan(4);
  expect(Math.abs(mean(observed) / theory - 1), `${windowS} s`).toBeLessThan(0.1);
}

describe('on-off bursts', () => {
  const [onS, offS] = [9, 21];

  test('of exponential spells are an interrupted Poisson process', () => {
    const runs = runsOf({ bursts: { on: { mean: '9s' }, off: { mean: '21s' } } });
    expect(
      errorsFrom(
        rate * untilS,
        runs.map((times) => times.length),
      ),
    ).toBeLessThan(4);
    // The rate is r / p in a share p of the time, and forgets at the speed of both transitions.
    const onShare = onS / (onS + offS);
    const rateVariance = rate ** 2 * (1 / onShare - 1);
    const speed = 1 / onS + 1 / offS;
    for (const windowS of [1, 10, 60]) {
      const forgotten = 1 - (1 - Math.exp(-speed * windowS)) / (speed * windowS);
      expectDispersion(runs, windowS, 1 + ((2 * rateVariance) / (rate * speed)) * forgotten);
    }
  });

  test('have spells of the lengths that were asked for', () => {
    // So dense inside that a silence of half a second is a spell.
    const spells = { on: { mean: '20s', law: 'constant' }, off: { mean: '40s', law: 'constant' } };
    const times = arrivalsUntilS({ kind: 'poisson', rate: 100, bursts: spells }, 1, 3_000);
    const silencesS = times.flatMap((time, index) => {
      const gapS = time - (times[index - 1] ?? time);
      return gapS > 0.5 ? [gapS] : [];
    });
    expect(silencesS.length).toBeGreaterThanOrEqual(49);
    for (const silenceS of silencesS) expect(Math.abs(silenceS - 40)).toBeLessThan(0.1);
  });

  test('end and begin anywhere in a run, not all at its start', () => {
    const spells = { on: { mean: '20s', law: 'constant' }, off: { mean: '40s', law: 'constant' } };
    const many = Array.from({ length: 2_000 }, (_, seed) => seed);
    const startsOn = many.map((seed) => {
      const times = arrivalsUntilS({ kind: 'poisson', rate: 100, bursts: spells }, seed, 0.2);
      return times.length > 0 ? 1 : 0;
    });
    expect(Math.abs(mean(startsOn) - 1 / 3)).toBeLessThan(
      4 * Math.sqrt(2 / 9 / many.length) + 0.004,
    );
  });
});

describe('noise', () => {
  const [cv, lag1] = [0.5, 0.8];
  const runs = runsOf({ noise: { every: '60s', cv, lag1 } });

  test('leaves the mean rate as it is', () => {
    expect(
      errorsFrom(
        rate * untilS,
        runs.map((times) => times.length),
      ),
    ).toBeLessThan(4);
  });

  test('adds its variance to the counts within a level', () => {
    for (const windowS of [1, 10, 60])
      expectDispersion(runs, windowS, 1 + rate * windowS * cv ** 2);
  });

  test('makes each level remember the last as asked, and the one before as an AR(1) does', () => {
    const levels = runs.map((times) => countsPerWindow(times, { windowS: 60, untilS }));
    const mu = rate * 60;
    const covariance = (lag: number) =>
      levels.map((counts) =>
        mean(counts.slice(lag).map((count, i) => (count / mu - 1) * (counts[i]! / mu - 1))),
      );
    const memory = Math.log1p(lag1 * cv ** 2) / Math.log1p(cv ** 2);
    expect(errorsFrom(lag1 * cv ** 2, covariance(1))).toBeLessThan(4);
    const twoBack = Math.expm1(memory ** 2 * Math.log1p(cv ** 2));
    expect(errorsFrom(twoBack, covariance(2))).toBeLessThan(4);
  });

  test('has levels whose logarithms are normal', () => {
    const sparse = arrivalsUntilS(
      { kind: 'poisson', rate: 20_000, noise: { every: '100ms', cv } },
      1,
      300,
    );
    const logs = countsPerWindow(sparse, { windowS: 0.1, untilS: 300 }).map(Math.log);
    const sd = Math.sqrt(variance(logs));
    expect(Math.abs(sd / Math.sqrt(Math.log1p(cv ** 2)) - 1)).toBeLessThan(0.05);
    const moment = (n: number) => mean(logs.map((log) => ((log - mean(logs)) / sd) ** n));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(6 / logs.length));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(24 / logs.length));
  });
});

describe('batches', () => {
  const share = 0.4;
  const runs = runsOf({ batches: { share, within: '2ms' } });

  test('keep the rate, and the share of requests that follow within the time', () => {
    expect(
      errorsFrom(
        rate * untilS,
        runs.map((times) => times.length),
      ),
    ).toBeLessThan(4);
    // Leaders come that near by chance as well, 3 per second; those count from the last leader,
    // which lies a geometric number of uniform waits back.
    const perWait = rate * (1 - share) * 0.002;
    const oneWait = (1 - Math.exp(-perWait)) / perWait;
    const notNear = Math.exp(-perWait) * ((1 - share) / (1 - share * oneWait));
    const near = 1 - (1 - share) * notNear;
    const shares = runs.map((times) => {
      const followers = times.filter((time, i) => time - (times[i - 1] ?? -1) < 0.002);
      return followers.length / times.length;
    });
    expect(errorsFrom(near, shares)).toBeLessThan(4);
  });

  test.each([
    [0.2, '1s'],
    [0.3, '500ms'],
    [0.5, '1s'],
    [0.9, '1s'],
  ])('keep the rate where they are longer than the gaps: share %d within %s', (long, within) => {
    const process = { kind: 'poisson', rate: 10, batches: { share: long, within } };
    const counts = seeds.map((seed) => {
      return arrivalsUntilS(process, seed, 1_100).filter((timeS) => timeS >= 100).length;
    });
    expect(errorsFrom(10_000, counts)).toBeLessThan(4);
    expect(Math.abs(mean(counts) / 10_000 - 1)).toBeLessThan(0.02);
  });

  test('leave the leaders where they would be alone', () => {
    const leaders = { kind: 'gamma', cv: 0.3, rate: 5 };
    const batches = { share: 0.5, within: '1s' };
    const together = arrivalsUntilS({ ...leaders, rate: 10, batches }, 1, 100);
    const times = new Set(together);
    expect(together).toEqual(together.toSorted((a, b) => a - b));
    expect(arrivalsUntilS(leaders, 1, 100).filter((timeS) => !times.has(timeS))).toEqual([]);
  });

  test('are of geometric sizes, so that the dispersion is (1 + share) / (1 - share)', () => {
    for (const windowS of [1, 10, 60]) expectDispersion(runs, windowS, (1 + share) / (1 - share));
  });
});

test('bursts and noise at once multiply: the second moments of the rate do', () => {
  const runs = runsOf({
    bursts: { on: { mean: '5s' }, off: { mean: '5s' } },
    noise: { every: '7s', cv: 0.5 },
  });
  expect(
    errorsFrom(
      rate * untilS,
      runs.map((times) => times.length),
    ),
  ).toBeLessThan(4);
  // In a window far shorter than spells and levels the rate is one draw of the product.
  const windowS = 0.02;
  expectDispersion(runs, windowS, 1 + rate * windowS * (2 * 1.25 - 1));
});
