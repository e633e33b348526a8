import type { MeasuredWindow } from '../core/measured-window.ts';
import type { RecordLog } from '../core/record-log.ts';

/**
 * Whether the fleet was falling behind, so that a longer run would show larger latencies and a
 * percentile says nothing but how long the run was. Two signs must come together: in the second
 * half of the window fewer requests ended than arrived, beyond what chance does to a Poisson count,
 * and more than 5 % of the requests were still in the system at its end, clearly more than at half-
 * time.
 */
export function isSaturated(log: RecordLog, window: MeasuredWindow): boolean {
  const halfUs = (window.fromUs + window.untilUs) / 2;
  const arrivals = log.numbers('intendedUs');
  const ends = log.numbers('endUs');
  let counted = 0;
  let arrivedLate = 0;
  let endedLate = 0;
  let inSystemAtHalf = 0;
  let inSystemAtEnd = 0;
  for (let row = 0; row < log.length; row++) {
    const arrivalUs = arrivals[row]!;
    const endUs = ends[row]!;
    if (arrivalUs >= window.fromUs) counted += 1;
    if (arrivalUs >= halfUs) arrivedLate += 1;
    if (endUs >= halfUs && endUs < window.untilUs) endedLate += 1;
    if (arrivalUs < halfUs && endUs >= halfUs) inSystemAtHalf += 1;
    if (endUs >= window.untilUs) inSystemAtEnd += 1;
  }
  const behind = endedLate < 0.97 * arrivedLate - 2 * Math.sqrt(arrivedLate);
  const backlog = inSystemAtEnd > 0.05 * counted && inSystemAtEnd > 1.2 * inSystemAtHalf;
  return behind && backlog;
}
