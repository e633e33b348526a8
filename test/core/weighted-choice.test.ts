import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowerBound } from '../../core/lower-bound.ts';
import { weightedChoice } from '../../core/weighted-choice.ts';

test('the lower bound is where a value would be put in, before its equals', () => {
  const ascending = fc
    .array(fc.integer({ min: 0, max: 50 }))
    .map((list) => list.sort((a, b) => a - b));
  const property = fc.property(ascending, fc.integer({ min: -1, max: 51 }), (list, value) => {
    expect(lowerBound(list, value)).toBe(list.filter((entry) => entry < value).length);
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});

test('a weighted choice gives each index the part of [0, 1) that its weight is of all', () => {
  const weights = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1 });
  const property = fc.property(weights, fc.nat(), (given, pick) => {
    const index = pick % given.length;
    const total = given.reduce((sum, weight) => sum + weight, 0);
    const before = given.slice(0, index).reduce((sum, weight) => sum + weight, 0);
    const inside = (part: number) => (before + part * given[index]!) / total;
    for (const part of [0.001, 0.5, 0.999]) {
      expect(weightedChoice(given, () => inside(part))()).toBe(index);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});
