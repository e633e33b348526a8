import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agreement, type BothWorlds } from '../../experiments/agreement.ts';
import { agreementMetricNames, agreementSchema } from '../../reports/agreement.ts';
import { allFigures, runWith } from '../support/run-summaries.ts';

const runs = (...values: (number | null)[]) => values.map((value) => runWith(allFigures(value)));

const figure = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const world = fc.array(figure, { minLength: 1, maxLength: 5 }).map((values) => runs(...values));
const worlds = fc
  .array(fc.record({ simulated: world, measured: world }), { minLength: 1, maxLength: 6 })
  .map((all) => all.map((one, index) => ({ name: `s${index}`, ...one })));

/** What a strategy is called does not matter here. */
const ranking = (all: readonly BothWorlds[]) => agreement(all).ranking;

test('what was measured as predicted is off by nothing, and every decided pair agrees', () => {
  fc.assert(
    fc.property(worlds, (all) => {
      const same = all.map((one) => ({ ...one, measured: one.simulated }));
      const result = agreement(same);
      for (const { figures } of result.strategies) {
        for (const name of agreementMetricNames) expect(figures[name].error).toBe(0);
      }
      expect(result.ok).toBe(true);
      expect(result.ranking.agreeing).toBe(result.ranking.decided);
      expect(agreementSchema.parse(result)).toEqual(result);
    }),
  );
});

test('where two strategies change places when measured, what agreed disagrees and the other way round', () => {
  fc.assert(
    fc.property(world, world, world, world, (simulatedA, simulatedB, measuredA, measuredB) => {
      const [a, b] = [
        { name: 'a', simulated: simulatedA },
        { name: 'b', simulated: simulatedB },
      ];
      const straight = ranking([
        { ...a, measured: measuredA },
        { ...b, measured: measuredB },
      ]);
      const swapped = ranking([
        { ...a, measured: measuredB },
        { ...b, measured: measuredA },
      ]);
      expect(swapped.decided).toBe(straight.decided);
      expect(swapped.agreeing).toBe(straight.disagreements.length);
      expect(swapped.disagreements).toHaveLength(straight.agreeing);
    }),
  );
});

test('the order in which strategies are given does not matter', () => {
  fc.assert(
    fc.property(worlds, (all) => {
      const { disagreements, ...counts } = ranking(all);
      const reversed = ranking(all.toReversed());
      expect(reversed).toMatchObject(counts);
      const texts = (list: typeof disagreements) => list.map((one) => JSON.stringify(one)).sort();
      expect(texts(reversed.disagreements)).toEqual(texts(disagreements));
    }),
  );
});

test('the error is that of the prediction, against what was measured', () => {
  const { strategies } = agreement([
    { name: 'a', simulated: runs(100, 110, 120), measured: runs(95, 105) },
  ]);
  const { error, ok, measured, simulated } = strategies[0]!.figures.ttftP50Ms;
  expect(error).toBeCloseTo(0.1, 5);
  expect(ok).toBe(false);
  expect(measured!.mean).toBe(100);
  // t for 2 degrees of freedom is 4.303, the standard error 10 / sqrt(3).
  expect(simulated!.interval!.high).toBeCloseTo(110 + (4.3027 * 10) / Math.sqrt(3), 2);
});

test.each([
  ['ttftP50Ms', 105, true],
  ['ttftP90Ms', 105.1, false],
  ['tpotP99Ms', 109.9, true],
  ['e2eP99Ms', 89.9, false],
  ['outputTokensPerS', 95, true],
  ['goodputRps', 94.9, false],
] as const)('%s predicted as %d of 100 is within its limit: %s', (metric, value, ok) => {
  const { strategies } = agreement([{ name: 'a', simulated: runs(value), measured: runs(100) }]);
  expect(strategies[0]!.figures[metric].ok).toBe(ok);
});

test('what only one world reached is a miss; what neither reached is nothing', () => {
  const one = (simulated: number | null, measured: number | null) =>
    agreement([{ name: 'a', simulated: runs(simulated), measured: runs(measured) }]);
  expect(one(null, 5).figures).toEqual({ judged: 11, within: 0 });
  expect(one(5, null).ok).toBe(false);
  expect(one(5, 0).ok).toBe(false);
  expect(one(0, 0).ok).toBe(true);
  expect(one(null, null)).toMatchObject({ figures: { judged: 0 }, ok: false });
});

test('a run alone has no spread, so nothing is decided by it', () => {
  const [fast, slow] = [runs(1), runs(9)];
  const counts = ranking([
    { name: 'a', simulated: runs(1, 1.1), measured: fast },
    { name: 'b', simulated: runs(9, 9.1), measured: slow },
  ]);
  expect(counts).toMatchObject({ decided: 0, undecided: agreementMetricNames.length });
});

test('a fleet that does not keep up is judged by its rates alone, and not ranked by latency', () => {
  const saturated = [1, 2].map((value) => runWith(allFigures(value), { saturated: true }));
  const result = agreement([
    { name: 'a', simulated: saturated, measured: saturated },
    { name: 'b', simulated: runs(20, 21), measured: runs(20, 21) },
  ]);
  expect(result.strategies[0]!.saturated).toBe(true);
  expect(result.strategies[0]!.figures.e2eP99Ms).toMatchObject({ error: 0, ok: null });
  expect(result.figures.judged).toBe(2 + agreementMetricNames.length);
  expect(result.ranking.decided + result.ranking.undecided).toBe(2);
});

test('a fleet that keeps up in one world alone is judged by all, and agrees in nothing', () => {
  const saturated = [1, 2].map((value) => runWith(allFigures(value), { saturated: true }));
  const result = agreement([{ name: 'a', simulated: runs(1, 2), measured: saturated }]);
  expect(result.figures).toEqual({ judged: 11, within: 11 });
  expect(result.ok).toBe(false);
  expect(result.sentence).toContain('a fell behind the traffic only when measured');
});

test('one run of two that falls behind is not most of them', () => {
  const both = [false, true].map((saturated) => runWith(allFigures(1), { saturated }));
  const result = agreement([{ name: 'a', simulated: runs(1, 1), measured: both }]);
  expect(result).toMatchObject({ ok: true, strategies: [{ saturated: false }] });
});

test('what seeds do to all strategies alike does not hide their order', () => {
  const [slow, fast] = [runs(100, 200, 400), runs(90, 181, 361)];
  const counts = ranking([
    { name: 'a', simulated: slow, measured: slow },
    { name: 'b', simulated: fast, measured: fast },
  ]);
  expect(counts).toMatchObject({ decided: 11, agreeing: 11, undecided: 0 });
});

test('an order that no world decides is called untested', () => {
  const { ok, sentence } = agreement([
    { name: 'a', simulated: runs(1), measured: runs(1) },
    { name: 'b', simulated: runs(2), measured: runs(2) },
  ]);
  expect(ok).toBe(true);
  expect(sentence).toContain('Their order is not tested');
});

test('a disagreement says who was taken for the lesser', () => {
  const result = agreement([
    { name: 'a', simulated: runs(1, 1.01), measured: runs(9, 9.01) },
    { name: 'b', simulated: runs(5, 5.01), measured: runs(5, 5.01) },
  ]);
  expect(result.ranking).toMatchObject({ decided: 11, agreeing: 0 });
  expect(result.ranking.disagreements[0]).toEqual({
    metric: 'ttftP50Ms',
    lessSimulated: 'a',
    lessMeasured: 'b',
  });
  expect(result.sentence).toBe(
    'Simulated against measured: 11 of 22 figures within the limits, furthest off TTFT p50 of a: −88.8 %. 0 of 11 decided pairs in the same order.',
  );
});
