import { randomNormal } from 'd3-random';
import { expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import { stepDown } from '../../experiments/statistics/step-down.ts';

const normal = randomNormal.source(randomStream(1, 'step-down-test'))();
const draw = (seeds: number) => Array.from({ length: seeds }, () => normal());

test('one figure has the chance of its own sign changes', () => {
  // Of the eight sums of ±1 ±2 ±4 seven is the largest, and five the next.
  expect(stepDown([[1, 2, 4]])).toEqual([1 / 8]);
  expect(stepDown([[-1, 2, 4]])).toEqual([2 / 8]);
  expect(stepDown([[-1, -2, -4]])).toEqual([1]);
});

test('the same figure twice counts once, and what never moves is no alarm', () => {
  const values = draw(10).map((value) => value + 1);
  const [alone] = stepDown([values]);
  expect(stepDown([values, values])).toEqual([alone, alone]);
  expect(stepDown([new Array<number>(10).fill(0)])).toEqual([1]);
});

test.each([8, 16])(
  'of %i seeds one experiment of twenty alarms where there is nothing',
  (seeds) => {
    let alarms = 0;
    const repetitions = 600;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const common = draw(seeds);
      // Four figures that move together, and two of their own.
      const figures = Array.from({ length: 6 }, (_, index) => {
        const own = draw(seeds);
        return index < 4 ? common.map((value, seed) => value + 0.3 * own[seed]!) : own;
      });
      if (Math.min(...stepDown(figures)) <= 0.05) alarms += 1;
    }
    expect(alarms / repetitions).toBeGreaterThan(0.025);
    expect(alarms / repetitions).toBeLessThan(0.075);
  },
);

test('one that is worse is found among many that are not', () => {
  const figures = Array.from({ length: 20 }, () => draw(12));
  figures[7] = draw(12).map((value) => 0.2 * value + 1);
  const chances = stepDown(figures);
  expect(chances[7]).toBeLessThan(0.01);
  expect(Math.min(...chances.filter((_chance, index) => index !== 7))).toBeGreaterThan(0.02);
});
