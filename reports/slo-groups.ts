import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import type { RecordLog } from '../core/record-log.ts';
import { requestLimitsUs, type SloClass, type Threshold } from '../core/slo.ts';
import { type Latencies, latencies } from './latencies.ts';

/** Counted requests that are judged by the same objectives. */
export interface SloGroup {
  /** Absent: those without objectives of their own. */
  readonly of: SloClass | undefined;
  readonly slo: readonly Threshold[];
  readonly times: Latencies;
  readonly requests: number;
  /** Requests that kept every limit. */
  readonly good: number;
  /** Nobody is to blame for a user who went away, so those are not judged. */
  readonly judged: number;
}

export function sloGroups(
  log: RecordLog,
  window: MeasuredWindow,
  { classes, slo }: { readonly classes: readonly SloClass[]; readonly slo: readonly Threshold[] },
): SloGroup[] {
  const rows: number[][] = [[], ...classes.map(() => [])];
  const groupOf = new Map<string, number>();
  const intended = log.numbers('intendedUs');
  for (let row = 0; row < log.length; row++) {
    if (!inWindow(window, intended[row]!)) continue;
    const tenant = log.text('tenant', row);
    let group = groupOf.get(tenant);
    if (group === undefined) {
      group = classes.findIndex((one) => isOf(tenant, one)) + 1;
      groupOf.set(tenant, group);
    }
    rows[group]!.push(row);
  }
  return rows.map((own, index) => {
    const of = classes[index - 1];
    const objectives = of?.slo ?? slo;
    const times = latencies(log, own);
    const gone = own.filter((row) => log.text('outcome', row) === 'cancelled').length;
    const good = countGood(times, requestLimitsUs(objectives));
    return { of, slo: objectives, times, good, requests: own.length, judged: own.length - gone };
  });
}

function isOf(name: string, { hasPopulation, tenant }: SloClass): boolean {
  return tenant === (hasPopulation ? name.replace(/-\d+$/, '') : name);
}

/** A latency that was not reached is a broken promise; one that does not exist (TPOT of a single
 * token) is none, and then E2E and TTFT have been reached. */
function countGood(times: Latencies, limits: ReturnType<typeof requestLimitsUs>): number {
  let good = 0;
  for (let i = 0; i < times.ok.length; i++) {
    const late =
      times.ttft[i]! > (limits.ttft ?? Number.POSITIVE_INFINITY) ||
      times.tpot[i]! > (limits.tpot ?? Number.POSITIVE_INFINITY) ||
      times.e2e[i]! > (limits.e2e ?? Number.POSITIVE_INFINITY);
    if (times.ok[i] === 1 && !late) good += 1;
  }
  return good;
}
