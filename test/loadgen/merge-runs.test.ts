import { expect, test } from 'vitest';
import { GapHistogram } from '../../core/gap-histogram.ts';
import { RecordLog } from '../../core/record-log.ts';
import type { RequestRecord } from '../../core/request-record.ts';
import { invalidity, type LiveRun } from '../../loadgen/live-run.ts';
import { mergeRuns } from '../../loadgen/workers/merge-runs.ts';
import { packedRun } from '../../loadgen/workers/packed-run.ts';

function run(late: number, times: readonly (readonly [number, number])[]): LiveRun {
  const log = new RecordLog();
  const texts = { tenant: 'a', replica: 'r', outcome: 'ok' } as const;
  for (const [id, [intendedUs, endUs]] of times.entries()) {
    log.append({ id, intendedUs, endUs, session: 0, ...texts } as RequestRecord);
  }
  const gaps = new GapHistogram();
  gaps.record(10_000 * (late + 1), 3);
  return {
    ...{ log, gaps, window: { fromUs: 0, untilUs: 1e6 }, replicas: [{ name: 'r' }] },
    refused: { requests: 1, longestTokens: 10 + late },
    lag: { p50Us: 100, p99Us: late > 0 ? 9_000 : 200, maxUs: 9_000, late, requests: 100 },
    failures: [{ name: 'closed', requests: 1 + late, example: 'x' }],
    lengths: { answers: 2, otherPrompts: 0, otherAnswers: 1, withoutUsage: 0 },
    ...{ tokens: { all: 5, together: 0 }, sent: times.length, cpuShare: 1, busyShare: 0.1 * late },
    ...{ isInterrupted: false, timeScale: 1, startedAtS: 5 },
  };
}

test('two runs become one, in the order of one, and the worse lag decides', () => {
  const quick = run(0, [
    [0, 50],
    [20, 30],
  ]);
  const late = run(5, [
    [10, 40],
    [30, 90],
  ]);
  const merged = mergeRuns([quick, late].map(packedRun), 1.5);
  expect([...merged.log.numbers('endUs')]).toEqual([30, 40, 50, 90]);
  expect([...merged.log.numbers('id')]).toEqual([2, 1, 0, 3]);
  expect(merged.gaps.count).toBe(6);
  expect(merged.gaps.quantileUs(0.5)).toBe(quick.gaps.quantileUs(0.5));
  expect(merged.gaps.quantileUs(1)).toBe(late.gaps.quantileUs(1));
  expect(merged).toMatchObject({ sent: 4, cpuShare: 1.5, busyShare: 0.5, lag: late.lag });
  expect(merged.failures).toEqual([{ name: 'closed', requests: 7, example: 'x' }]);
  expect(merged.refused).toEqual({ requests: 2, longestTokens: 15 });
  expect(invalidity(merged)).toBeDefined();
  const slightly = mergeRuns([quick, run(1, [])].map(packedRun), 1);
  expect(invalidity(slightly)).toBeUndefined();
});
