import type { RateCurve } from '../rates.ts';

/** A time over which a random factor stays the same. */
export interface Stretch {
  readonly lengthUs: number;
  readonly factor: number;
}

/** A random factor on the rate, of mean one, stretch after stretch from the start of the run. */
export type Modulation = () => Stretch;

/**
 * Reads the clock of a curve times a modulation. Only forward, because the past of a modulation is
 * not kept: each count is at least the one before.
 */
export function modulatedTime(
  curve: RateCurve,
  modulation: Modulation,
): (expected: number) => number {
  let factor = 0;
  let untilUs = 0;
  let [curveFrom, curveUntil] = [0, 0];
  let [from, until] = [0, 0];
  return (expected) => {
    while (expected > until) {
      const stretch = modulation();
      factor = stretch.factor;
      untilUs += stretch.lengthUs;
      curveFrom = curveUntil;
      curveUntil = curve.expectedBy(untilUs);
      from = until;
      until += factor * (curveUntil - curveFrom);
    }
    return curve.timeOf(curveFrom + (expected - from) / factor);
  };
}

/** Both at once: a stretch ends where one of theirs does. */
export function bothModulations(first: Modulation, second: Modulation): Modulation {
  let [a, b] = [first(), second()];
  return () => {
    const lengthUs = Math.min(a.lengthUs, b.lengthUs);
    const factor = a.factor * b.factor;
    a = a.lengthUs > lengthUs ? { ...a, lengthUs: a.lengthUs - lengthUs } : first();
    b = b.lengthUs > lengthUs ? { ...b, lengthUs: b.lengthUs - lengthUs } : second();
    return { lengthUs, factor };
  };
}
