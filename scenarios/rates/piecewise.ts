import { lowerBound } from '../../core/lower-bound.ts';
import { US_PER_S } from '../../core/time.ts';
import type { RateCurve } from '../rates.ts';

/** A stretch of time over which the rate goes from one value to another in a straight line. */
export interface Piece {
  readonly lengthUs: number;
  readonly fromRps: number;
  readonly toRps: number;
}

/** Straight pieces in a row. The last is of infinite length, unless the curve is to be repeated. */
export function piecewiseRate(pieces: readonly Piece[]): RateCurve {
  const endsUs = runningTotals(pieces.map(({ lengthUs }) => lengthUs));
  const ends = runningTotals(pieces.map((piece) => expectedWithin(piece, piece.lengthUs)));
  const last = pieces.length - 1;
  return {
    expectedBy(timeUs) {
      const at = Math.min(lowerBound(endsUs, timeUs), last);
      return (ends[at - 1] ?? 0) + expectedWithin(pieces[at]!, timeUs - (endsUs[at - 1] ?? 0));
    },
    timeOf(expected) {
      const at = Math.min(lowerBound(ends, expected), last);
      return (endsUs[at - 1] ?? 0) + timeWithin(pieces[at]!, expected - (ends[at - 1] ?? 0));
    },
  };
}

/** The beginning of a curve, over and over. */
export function repeatedRate(curve: RateCurve, periodUs: number): RateCurve {
  const perPeriod = curve.expectedBy(periodUs);
  return {
    expectedBy(timeUs) {
      const periods = Math.floor(timeUs / periodUs);
      return periods * perPeriod + curve.expectedBy(timeUs - periods * periodUs);
    },
    timeOf(expected) {
      // The end of a period belongs to it, as the earliest time by which that many are expected.
      const periods = Math.max(0, Math.ceil(expected / perPeriod) - 1);
      return periods * periodUs + curve.timeOf(expected - periods * perPeriod);
    },
  };
}

/** The area under the line. */
function expectedWithin(piece: Piece, timeUs: number): number {
  const slope = slopeOf(piece);
  // A flat piece may be of infinite length.
  const meanRps = slope === 0 ? piece.fromRps : piece.fromRps + (slope * timeUs) / 2;
  return (meanRps * timeUs) / US_PER_S;
}

/** The root of `from * t + slope * t^2 / 2 = expected`, in the form that never cancels. */
function timeWithin(piece: Piece, expected: number): number {
  const area = expected * US_PER_S;
  const square = piece.fromRps * piece.fromRps + 2 * slopeOf(piece) * area;
  const bothRates = piece.fromRps + Math.sqrt(Math.max(0, square));
  return bothRates === 0 ? 0 : Math.min(piece.lengthUs, (2 * area) / bothRates);
}

function slopeOf({ lengthUs, fromRps, toRps }: Piece): number {
  return fromRps === toRps ? 0 : (toRps - fromRps) / lengthUs;
}

function runningTotals(values: readonly number[]): number[] {
  let total = 0;
  return values.map((value) => {
    total += value;
    return total;
  });
}
