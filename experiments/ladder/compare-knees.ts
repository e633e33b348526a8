import type { Change } from '../../reports/summary.ts';
import { confidence, pairedChange, pairedOutcome } from '../statistics/paired.ts';

/** Of the test that says who carries more. */
const level = 1 - confidence;
/** Places are rounded, so a step may be a little more than it is called. */
const oneStep = 1.2;

export interface ComparedKnees {
  readonly outcome: ReturnType<typeof pairedOutcome>;
  /** Null on a ladder of somebody's own places: how much lies between two of them is not known. */
  readonly change: Change | null;
}

/**
 * How much more load B carries than A, paired by seed. Each knee may be a step higher than it was
 * found, so one step between two of them decides nothing, however often it comes out.
 */
export function compareKnees(
  a: readonly number[],
  b: readonly number[],
  precisionShare: number | null,
): ComparedKnees {
  const outcome = pairedOutcome(a, b, { better: 'higher', level });
  if (precisionShare === null) return { outcome, change: null };
  const change = pairedChange(a, b, 'higher');
  const isOneStep = Math.abs(change.estimate) <= oneStep * precisionShare;
  const isSure = outcome === 'better' || outcome === 'worse';
  return { outcome: isSure && isOneStep ? 'equivalent' : outcome, change };
}
