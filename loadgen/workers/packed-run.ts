import { GapHistogram } from '../../core/gap-histogram.ts';
import type { RecordLog } from '../../core/record-log.ts';
import type { RequestRecord } from '../../core/request-record.ts';
import { LiveFigures } from '../live-figures.ts';
import type { LiveRun } from '../live-run.ts';

/** A run as it goes from thread to thread, where objects lose what they can do. */
export interface PackedRun extends Omit<LiveRun, 'log' | 'gaps'> {
  readonly records: readonly RequestRecord[];
  readonly gapCounts: Float64Array;
}

export function packedRun({ gaps, log, ...run }: LiveRun): PackedRun {
  return { ...run, records: [...log.rows()], gapCounts: gaps.counts };
}

const numbers = ['sent', 'done', 'errors', 'inFlight', 'late', 'countedLate'] as const;
const histograms = ['ttft', 'lag', 'countedLag'] as const;

export type PackedFigures = Readonly<Record<(typeof numbers)[number] | 'lagMaxUs', number>> &
  Readonly<Record<(typeof histograms)[number], Float64Array>>;

export function packedFigures(figures: LiveFigures): PackedFigures {
  const entries = [...numbers, 'lagMaxUs' as const].map((name) => [name, figures[name]]);
  const counts = histograms.map((name) => [name, figures[name].counts]);
  return Object.fromEntries([...entries, ...counts]) as PackedFigures;
}

/** What all threads have done so far. */
export function mergedFigures(all: Iterable<PackedFigures>): LiveFigures {
  const sum = new LiveFigures();
  for (const figures of all) {
    for (const name of numbers) sum[name] += figures[name];
    for (const name of histograms) sum[name].add(figures[name]);
    sum.lagMaxUs = Math.max(sum.lagMaxUs, figures.lagMaxUs);
  }
  return sum;
}

export function mergedGaps(runs: readonly PackedRun[]): GapHistogram {
  const gaps = new GapHistogram();
  for (const { gapCounts } of runs) gaps.add(gapCounts);
  return gaps;
}

/** In the order of their ends, as one thread would have noted them, and numbered by their times. */
export function mergeRecords(runs: readonly PackedRun[], into: RecordLog): void {
  const all = runs.flatMap(({ records }) => records);
  const byTime = [...all].sort((a, b) => a.intendedUs - b.intendedUs || a.session - b.session);
  const ids = new Map(byTime.map((record, id) => [record, id]));
  all.sort((a, b) => a.endUs - b.endUs);
  for (const record of all) into.append({ ...record, id: ids.get(record)! });
}
