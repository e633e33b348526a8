import type { GapHistogram } from '../../core/gap-histogram.ts';
import { inWindow, type MeasuredWindow } from '../../core/measured-window.ts';
import type { RecordLog } from '../../core/record-log.ts';
import type { RequestRecord } from '../../core/request-record.ts';
import { US_PER_S } from '../../core/time.ts';

/** A measured run as the files of other tools are made from it. */
export interface ExportedRun {
  readonly log: RecordLog;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  /** Seconds since 1970 at time 0 of the records. */
  readonly startedAtS: number;
  readonly scenario: string;
  readonly seed: number;
  readonly url: string;
  readonly model: string;
  readonly api: 'completions' | 'chat';
  readonly version: string;
  readonly runId: string;
  readonly command: string;
  readonly wasCancelled: boolean;
  /** Per second, of those that keep their SLO; null where there is none. */
  readonly goodputRps: number | null;
}

/** A request as the others count: from the time it was sent. Seconds; NaN for not reached. */
export interface ExportedRequest {
  readonly record: RequestRecord;
  readonly isOk: boolean;
  readonly lagS: number;
  readonly ttftS: number;
  /** NaN for an answer of one token. */
  readonly tpotS: number;
  readonly e2eS: number;
}

/** Those that count, in the order of their schedule. */
export function exportedRequests({ log, window }: ExportedRun): ExportedRequest[] {
  return [...log.rows()]
    .filter(({ intendedUs }) => inWindow(window, intendedUs))
    .sort((a, b) => a.intendedUs - b.intendedUs || a.id - b.id)
    .map(exportedRequest);
}

function exportedRequest(record: RequestRecord): ExportedRequest {
  const { endUs, firstTokenUs, intendedUs, lastTokenUs, outputTokens, sentUs } = record;
  const gaps = outputTokens - 1;
  return {
    record,
    isOk: record.outcome === 'ok',
    lagS: seconds(sentUs - intendedUs),
    ttftS: seconds(firstTokenUs - sentUs),
    tpotS: gaps > 0 ? seconds((lastTokenUs - firstTokenUs) / gaps) : Number.NaN,
    e2eS: seconds(endUs - sentUs),
  };
}

export function seconds(us: number): number {
  return us / US_PER_S;
}

/** From the first request sent to the last answer; 0 where there is none. */
export function spanS(requests: readonly ExportedRequest[]): number {
  const sent = requests.map(({ record }) => record.sentUs);
  const ends = requests.map(({ record }) => record.endUs);
  return requests.length === 0 ? 0 : seconds(largest(ends) - smallest(sent));
}

/** Per second of that span, as the others count; null where there is no SLO. */
export function goodputOverSpan(
  { goodputRps, window }: ExportedRun,
  durationS: number,
): number | null {
  if (goodputRps === null) return null;
  const good = Math.round(goodputRps * seconds(window.untilUs - window.fromUs));
  return durationS > 0 ? good / durationS : 0;
}

/** At which requests were due, from the first to the last; 0 for less than two. */
export function intendedRate(requests: readonly ExportedRequest[]): number {
  const [first, last] = [requests[0], requests.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const spanUs = last.record.intendedUs - first.record.intendedUs;
  return spanUs > 0 ? (requests.length - 1) / seconds(spanUs) : 0;
}

export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

export function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

/** Most requests that were open at once. */
export function peakConcurrency(requests: readonly ExportedRequest[]): number {
  const steps = requests.flatMap(({ record }) => [
    { atUs: record.sentUs, by: 1 },
    { atUs: record.endUs, by: -1 },
  ]);
  steps.sort((a, b) => a.atUs - b.atUs || a.by - b.by);
  let open = 0;
  let most = 0;
  for (const { by } of steps) {
    open += by;
    most = Math.max(most, open);
  }
  return most;
}
