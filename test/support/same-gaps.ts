import { expect } from 'vitest';

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
