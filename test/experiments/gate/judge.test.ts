import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, outcomeOfAll } from '../../../experiments/gate/judge.ts';
import { looksOf } from '../../../experiments/statistics/looks.ts';
import { anyFigures, paired, times } from '../../support/paired-values.ts';

const level = 0.05;
const outcomesOf = (...figures: ReturnType<typeof paired>[]) =>
  judge(figures, level).map(({ outcome }) => outcome);

/** Logarithms of these have the mean and the standard deviation that are wanted. */
function scattered(worse: number, sd: number): number[] {
  const each = [-1.5, -1, -0.5, -0.25, 0.25, 0.5, 1, 1.5];
  const spread = Math.sqrt(each.reduce((sum, one) => sum + one * one, 0) / 7);
  return each.map((one) => Math.exp(Math.log1p(worse) + (sd * one) / spread));
}

describe('a figure', () => {
  const { base } = paired();
  const worseBy = (worse: number, sd = 0.01) => paired({ head: times(base, scattered(worse, sd)) });

  test('is identical, within its tolerance, beyond it, or open', () => {
    expect(outcomesOf(paired())).toEqual(['identical']);
    expect(outcomesOf(worseBy(0.01))).toEqual(['pass']);
    expect(outcomesOf(worseBy(-0.5))).toEqual(['pass']);
    expect(outcomesOf(worseBy(0.1))).toEqual(['regress']);
    expect(outcomesOf(worseBy(0.05))).toEqual(['inconclusive']);
    expect(outcomesOf(worseBy(0.01, 0.2))).toEqual(['inconclusive']);
  });

  test('passes where the table of t says: 1.895 standard errors at seven degrees', () => {
    const error = 0.02 / Math.sqrt(8);
    const at = (t: number) => worseBy(Math.expm1(Math.log1p(0.05) + t * error), 0.02);
    expect(outcomesOf(at(-1.88))).toEqual(['inconclusive']);
    expect(outcomesOf(at(-1.91))).toEqual(['pass']);
  });

  test('is worse where of all changes of sign few are as large', () => {
    // Beyond the tolerance in all of eight seeds: one of the 256 changes.
    expect(judge([worseBy(0.2)], level)[0]!.p).toBe(1 / 256);
    // Of seven seeds the table of t decides: 1.943 standard errors at six degrees.
    const error = 0.02 / Math.sqrt(7);
    const each = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5].map((one) => (0.02 * one) / Math.sqrt(7 / 6));
    const at = (t: number) => {
      const factors = each.map((one) => 1.05 * Math.exp(one + t * error));
      const seven = base.slice(0, 7);
      return paired({ base: seven, head: times(seven, factors) });
    };
    expect(outcomesOf(at(1.93))).toEqual(['inconclusive']);
    expect(outcomesOf(at(1.96))).toEqual(['regress']);
  });

  test('tells how much worse it is, and in how many seeds', () => {
    const [judged] = judge([worseBy(0.1, 0.02)], level);
    expect(judged!.worsening).toBeCloseTo(0.1, 10);
    const half = (2.3646 * 0.02) / Math.sqrt(8);
    expect(judged!.interval!.low).toBeCloseTo(Math.expm1(Math.log1p(0.1) - half), 4);
    expect(judged!.interval!.high).toBeCloseTo(Math.expm1(Math.log1p(0.1) + half), 4);
    expect(judged!.seedsWorse).toBe(8);
  });

  test('that changes by less than its floor is as good as before', () => {
    const slower = { head: base.map((ms) => ms + 10) };
    expect(outcomesOf(paired(slower))).toEqual(['regress']);
    expect(outcomesOf(paired({ ...slower, floorMs: 11 }))).toEqual(['pass']);
  });

  test('of shares is worse when it is less, by points', () => {
    const shares = [0.99, 0.98, 0.97, 0.99, 0.98, 0.97, 0.99, 0.98];
    const minus = (points: number) => shares.map((share, seed) => share - points + seed / 1e5);
    const share = { kind: 'share', base: shares, tolerance: 0.01 } as const;
    expect(outcomesOf(paired({ ...share, head: minus(0.02) }))).toEqual(['regress']);
    expect(outcomesOf(paired({ ...share, head: minus(0.005) }))).toEqual(['pass']);
    expect(outcomesOf(paired({ ...share, head: minus(-0.1) }))).toEqual(['pass']);
  });

  test('from a single seed decides nothing, unless it is the same', () => {
    expect(outcomesOf(paired({ base: [100], head: [300] }))).toEqual(['inconclusive']);
    expect(outcomesOf(paired({ base: [100], head: [100] }))).toEqual(['identical']);
  });

  test('says how many more seeds would decide', () => {
    const [judged] = judge([worseBy(0.03, 0.05)], level);
    const reach = 1.8946 + 0.896;
    const spread = 0.05;
    const distance = Math.log1p(0.05) - Math.log1p(0.03);
    const needed = Math.ceil(((reach * spread) / distance) ** 2);
    expect(judged!.outcome).toBe('inconclusive');
    expect(judged!.seedsMissing).toBe(needed - 8);
  });
});

describe('several figures', () => {
  const { base } = paired();

  test('need more evidence for one to be worse', () => {
    const slow = paired({ head: times(base, scattered(0.066, 0.02)) });
    expect(outcomesOf(slow)).toEqual(['regress']);
    expect(outcomesOf(slow, ...Array.from({ length: 9 }, () => paired()))[0]).toBe('inconclusive');
  });

  test('pass when all of them do', () => {
    const of = (...outcomes: Parameters<typeof outcomeOfAll>[0][number]['outcome'][]) =>
      outcomeOfAll(outcomes.map((outcome) => ({ outcome })));
    expect(of('identical', 'identical')).toBe('identical');
    expect(of('identical', 'pass')).toBe('pass');
    expect(of('pass', 'inconclusive')).toBe('inconclusive');
    expect(of('inconclusive', 'regress', 'pass')).toBe('regress');
  });

  test('are judged the same in whatever order they come', () => {
    fc.assert(
      fc.property(anyFigures, (figures) => {
        const backwards = judge([...figures].reverse(), level).reverse();
        expect(backwards).toEqual(judge(figures, level));
      }),
    );
  });

  test('in other units are judged the same', () => {
    fc.assert(
      fc.property(anyFigures, fc.constantFrom(0.01, 0.5, 1_024), (figures, factor) => {
        const scale = (values: readonly number[]) => values.map((value) => value * factor);
        const scaled = figures.map((one) => ({
          ...one,
          ...{ base: scale(one.base), head: scale(one.head), floorMs: one.floorMs * factor },
        }));
        const [before, after] = [figures, scaled].map((all) => judge(all, level));
        for (const [index, one] of before!.entries()) {
          expect(after![index]!.p).toBeCloseTo(one.p, 6);
          expect(after![index]!.worsening).toBeCloseTo(one.worsening, 6);
        }
      }),
    );
  });

  test('never become as good as before by being worse still', () => {
    fc.assert(
      fc.property(anyFigures, fc.double({ min: 1, max: 3, noNaN: true }), (figures, factor) => {
        const slower = figures.map((one) => ({
          ...one,
          head: one.head.map((ms) => ms * factor),
        }));
        const [before, after] = [figures, slower].map((all) => judge(all, level));
        for (const [index, one] of before!.entries()) {
          if (one.outcome === 'regress') expect(after![index]!.outcome).toBe('regress');
          if (one.outcome === 'inconclusive') expect(after![index]!.outcome).not.toBe('pass');
        }
      }),
    );
  });

  test('never become worse by a larger tolerance', () => {
    fc.assert(
      fc.property(anyFigures, (figures) => {
        const lax = figures.map((one) => ({ ...one, tolerance: one.tolerance + 0.1 }));
        const [before, after] = [figures, lax].map((all) => judge(all, level));
        for (const [index, one] of before!.entries()) {
          if (one.outcome === 'pass') expect(after![index]!.outcome).toBe('pass');
          if (one.outcome !== 'regress') expect(after![index]!.outcome).not.toBe('regress');
        }
      }),
    );
  });
});

test('more seeds are looked at only while it is open', () => {
  const looks = looksOf(8, 32);
  const base = Array.from({ length: 32 }, (_, seed) => 100 + (seed % 7));
  const head = (worse: number, noise: number) =>
    base.map((ms, seed) => ms * (1 + worse + (seed % 2 === 0 ? noise : -noise)));
  /** Of the first look that decides, or of the last. */
  const taken = (worse: number, noise: number) => {
    const after = head(worse, noise);
    const judged = looks.sizes.map((seeds) => {
      const seen = paired({ base: base.slice(0, seeds), head: after.slice(0, seeds) });
      return { outcome: outcomeOfAll(judge([seen], looks.oneSided)), seeds };
    });
    return judged.find(({ outcome }) => outcome !== 'inconclusive') ?? judged.at(-1)!;
  };
  expect(taken(0, 0)).toMatchObject({ outcome: 'identical', seeds: 8 });
  expect(taken(0.2, 0.01)).toMatchObject({ outcome: 'regress', seeds: 8 });
  expect(taken(0, 0.06)).toMatchObject({ outcome: 'pass', seeds: 16 });
  expect(taken(0.05, 0.1)).toMatchObject({ outcome: 'inconclusive', seeds: 32 });
});
