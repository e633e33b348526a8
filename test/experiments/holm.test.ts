import { expect, test } from 'vitest';
import { holm } from '../../experiments/statistics/holm.ts';

test('is the table of Holm: the smallest counts as often as there are tests', () => {
  // Worked by hand: 4 x 0.01, 3 x 0.015, 2 x 0.03, 1 x 0.04 (raised to the one before).
  const adjusted = holm([0.03, 0.01, 0.04, 0.015]);
  expect(adjusted.map((value) => Number(value.toFixed(6)))).toEqual([0.06, 0.04, 0.06, 0.045]);
});

test('one test is as it was, and nothing becomes more than certain', () => {
  expect(holm([0.2])).toEqual([0.2]);
  expect(holm([0.7, 0.9])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
