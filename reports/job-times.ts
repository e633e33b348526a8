import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import { sortedSample } from '../core/quantiles.ts';
import type { RecordLog } from '../core/record-log.ts';

interface Job {
  /** How many rounds it has. */
  readonly turns: number;
  firstUs: number;
  lastUs: number;
  lastTurn: number;
  isOk: boolean;
}

/**
 * From the first request of a job to its last answer, sorted; of the jobs that begin in the window,
 * are complete in the log, and got every answer.
 */
export function jobTimesUs(log: RecordLog, window: MeasuredWindow): Float64Array {
  const session = log.numbers('session');
  const turn = log.numbers('turn');
  const turns = log.numbers('turns');
  const intended = log.numbers('intendedUs');
  const end = log.numbers('endUs');
  const jobs = new Map<number, Job>();
  for (let row = 0; row < log.length; row++) {
    const id = session[row]!;
    if (!(id > 0)) continue;
    let job = jobs.get(id);
    if (job === undefined) {
      const firstUs = intended[row]!;
      job = { firstUs, lastUs: 0, lastTurn: 0, isOk: true, turns: turns[row]! };
      jobs.set(id, job);
    }
    job.firstUs = Math.min(job.firstUs, intended[row]!);
    job.lastUs = Math.max(job.lastUs, end[row]!);
    job.lastTurn = Math.max(job.lastTurn, turn[row]!);
    job.isOk &&= log.text('outcome', row) === 'ok';
  }
  const complete = [...jobs.values()].filter(
    ({ firstUs, isOk, lastTurn, turns }) => isOk && lastTurn === turns && inWindow(window, firstUs),
  );
  return sortedSample(Float64Array.from(complete, ({ firstUs, lastUs }) => lastUs - firstUs));
}
