import { RecordLog } from '../../core/record-log.ts';
import { columnNames } from '../../core/request-record.ts';
import type { LiveRun } from '../../loadgen/live-run.ts';

/**
 * A live run that was played `factor` times as fast as its scenario is written, in the time of the
 * scenario: that is what a simulation is in.
 */
export function inScenarioTime(run: LiveRun, factor: number): LiveRun {
  if (factor === 1) return run;
  const log = new RecordLog();
  for (const record of run.log.rows()) {
    const times = columnNames
      .filter((name) => name.endsWith('Us'))
      .map((name) => [name, (record[name] as number) * factor]);
    log.append({ ...record, ...Object.fromEntries(times) });
  }
  const { fromUs, untilUs } = run.window;
  return {
    ...run,
    log,
    gaps: run.gaps.scaled(factor),
    window: { fromUs: fromUs * factor, untilUs: untilUs * factor },
  };
}
