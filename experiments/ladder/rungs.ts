import { assert } from '../../core/assert.ts';

/** What is changed from run to run: loads of the traffic, or its rates. */
export type LadderAxis = 'load' | 'rate';

/** As it is asked for: the ends between which the knees are, or the places to look at. */
export type LadderRange = { readonly axis: LadderAxis } & (
  | { readonly kind: 'between'; readonly from: number; readonly to: number }
  | { readonly kind: 'points'; readonly points: readonly number[] }
);

/** All places that a search may come to, and those where every strategy is run under every seed. */
export interface Rungs {
  /** Ascending. */
  readonly places: readonly number[];
  /** Indices of places, the first and the last among them. */
  readonly always: readonly number[];
}

/** A knee is found to so much. */
export const precisionShare = 0.01;
const alwaysRun = 6;

/**
 * Places in steps of 1 %, each the same share of the one before: strategies and seeds that look for
 * their knees meet at the same places, so runs are shared with whoever asks again.
 */
export function rungsOf(range: LadderRange): Rungs {
  if (range.kind === 'points') {
    const places = [...new Set(range.points)].sort((a, b) => a - b);
    return { places, always: places.map((_place, index) => index) };
  }
  const { from, to } = range;
  assert(from > 0 && to > from, `a ladder from ${from} to ${to}`);
  const steps = Math.ceil(Math.log(to / from) / Math.log1p(precisionShare));
  const inner = Array.from({ length: steps - 1 }, (_, step) =>
    // Four digits tell steps of 1 % apart, and nobody wants to read more.
    Number((from * (to / from) ** ((step + 1) / steps)).toPrecision(4)),
  );
  const count = Math.min(alwaysRun, steps + 1);
  const always = Array.from({ length: count }, (_, index) =>
    Math.round((index * steps) / (count - 1)),
  );
  return { places: [from, ...inner, to], always };
}
