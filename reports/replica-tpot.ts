import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import { quantile, sortedSample } from '../core/quantiles.ts';
import type { RecordLog } from '../core/record-log.ts';
import { US_PER_MS } from '../core/time.ts';
import { round } from './round.ts';

/**
 * The median time per output token of each replica, over the counted requests it answered. One of
 * several replicas that gets slower hardly moves the percentiles of the fleet, but this.
 */
export function replicaTpotsMs(log: RecordLog, window: MeasuredWindow): Map<string, number> {
  const intended = log.numbers('intendedUs');
  const first = log.numbers('firstTokenUs');
  const last = log.numbers('lastTokenUs');
  const tokens = log.numbers('outputTokens');
  const times = new Map<string, number[]>();
  for (let row = 0; row < log.length; row++) {
    if (!inWindow(window, intended[row]!) || !(tokens[row]! > 1)) continue;
    if (log.text('outcome', row) !== 'ok') continue;
    const replica = log.text('replica', row);
    const own = times.get(replica) ?? [];
    if (own.length === 0) times.set(replica, own);
    own.push((last[row]! - first[row]!) / (tokens[row]! - 1));
  }
  return new Map(
    [...times].map(([replica, us]) => [replica, round(medianOf(us) / US_PER_MS)] as const),
  );
}

function medianOf(us: readonly number[]): number {
  return quantile(sortedSample(Float64Array.from(us)), 0.5)!;
}
