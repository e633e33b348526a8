import { lowerBound } from '../../core/lower-bound.ts';
import { US_PER_S } from '../../core/time.ts';
import type { RateCurve } from '../rates.ts';

/** A stretch of time over which the rate goes from one value to another in a straight line. */
export interface Piece {
  readonly lengthUs: number;
  readonly fromRps: number;
  readonly toRps: number;
}

/**
 * Straight pieces one after the other; after the last, they all begin again. A last piece of
 * infinite length is never left, so such a curve does not repeat.
 */
export function piecewiseRate(pieces: readonly Piece[]): RateCurve {
  const lengths = pieces.map(({ lengthUs }) => lengthUs);
  const sizes = pieces.map((piece) => expectedWithin(piece, piece.lengthUs));
  const [endsUs, ends] = [runningTotals(lengths), runningTotals(sizes)];
  const [periodUs, perPeriod] = [endsUs.at(-1)!, ends.at(-1)!];

  return {
    expectedBy(timeUs) {
      const periods = Math.floor(timeUs / periodUs);
      const withinUs = periods === 0 ? timeUs : timeUs - periods * periodUs;
      const at = Math.min(lowerBound(endsUs, withinUs), pieces.length - 1);
      const before = ends[at - 1] ?? 0;
      const inside = expectedWithin(pieces[at]!, withinUs - (endsUs[at - 1] ?? 0));
      return (periods === 0 ? 0 : periods * perPeriod) + before + inside;
    },
    timeOf(expected) {
      // The end of a period belongs to it, as the earliest time by which that many are expected.
      const periods = Math.max(0, Math.ceil(expected / perPeriod) - 1);
      const within = periods === 0 ? expected : expected - periods * perPeriod;
      const at = Math.min(lowerBound(ends, within), pieces.length - 1);
      const insideUs = timeWithin(pieces[at]!, within - (ends[at - 1] ?? 0));
      return (periods === 0 ? 0 : periods * periodUs) + (endsUs[at - 1] ?? 0) + insideUs;
    },
  };
}

/** The area under the line. */
function expectedWithin({ lengthUs, fromRps, toRps }: Piece, timeUs: number): number {
  const slope = fromRps === toRps ? 0 : (toRps - fromRps) / lengthUs;
  const meanRps = slope === 0 ? fromRps : fromRps + (slope * timeUs) / 2;
  return (meanRps * timeUs) / US_PER_S;
}

/** The root of `from * t + slope * t^2 / 2 = expected`, in the form that never cancels. */
function timeWithin({ lengthUs, fromRps, toRps }: Piece, expected: number): number {
  const slope = fromRps === toRps ? 0 : (toRps - fromRps) / lengthUs;
  const area = expected * US_PER_S;
  const bothRates = fromRps + Math.sqrt(Math.max(0, fromRps * fromRps + 2 * slope * area));
  return bothRates === 0 ? 0 : Math.min(lengthUs, (2 * area) / bothRates);
}

function runningTotals(values: readonly number[]): number[] {
  let total = 0;
  return values.map((value) => {
    total += value;
    return total;
  });
}
