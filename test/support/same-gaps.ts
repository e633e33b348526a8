import { expect } from 'vitest';
import type { GapHistogram } from '../../core/gap-histogram.ts';

/** A nanosecond: gaps are differences of unrounded times, and two ways of adding up may differ. */
const toleranceUs = 0.001;

/** The largest gaps of the same requests, one by one. */
export function expectSameGaps(ours: ArrayLike<number>, theirs: ArrayLike<number>): void {
  expect(ours.length).toBe(theirs.length);
  for (let i = 0; i < ours.length; i++) {
    const [a, b] = [ours[i]!, theirs[i]!];
    const isSame = Object.is(a, b) || Math.abs(a - b) <= toleranceUs;
    if (!isSame) expect.fail(`the largest gap of request ${i} is ${a} us and not ${b} us`);
  }
}

/** All gaps together: their number, and what they are, in steps of half a percent. */
export function expectSameHistogram(ours: GapHistogram, theirs: GapHistogram): void {
  expect(ours.count).toBe(theirs.count);
  expect(quantiles(ours)).toEqual(quantiles(theirs));
}

function quantiles(gaps: GapHistogram): (number | undefined)[] {
  return Array.from({ length: 201 }, (_, i) => gaps.quantileUs(i / 200));
}
