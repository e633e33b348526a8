import { expect, test } from 'vitest';
import { probabilityWithin, studentT } from '../../experiments/statistics/student-t.ts';

// Published tables of Student's distribution, two-sided.
test.each([
  [0.95, 1, 12.7062],
  [0.95, 2, 4.30265],
  [0.95, 4, 2.77645],
  [0.95, 7, 2.36462],
  [0.95, 9, 2.26216],
  [0.95, 19, 2.09302],
  [0.95, 29, 2.04523],
  [0.99, 9, 3.24984],
  [0.99, 30, 2.75],
  [0.6, 4, 0.940965],
  [0.6, 29, 0.854192],
  [0.95, 1000, 1.96234],
])('t of %f with %i degrees of freedom is %f', (confidence, degrees, expected) => {
  expect(studentT(confidence, degrees)).toBeCloseTo(expected, 4);
});

test('the quantile inverts the distribution', () => {
  for (let degrees = 1; degrees < 60; degrees++) {
    for (const confidence of [0.1, 0.5, 0.9, 0.99, 0.999]) {
      expect(probabilityWithin(studentT(confidence, degrees), degrees)).toBeCloseTo(confidence, 10);
    }
  }
});
