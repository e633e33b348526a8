import type { RecordLog } from '../core/record-log.ts';

/** Per request, in microseconds; NaN where it was not reached or does not exist. */
export interface Latencies {
  readonly ttft: Float64Array;
  readonly tpot: Float64Array;
  readonly e2e: Float64Array;
  readonly stall: Float64Array;
  readonly ok: Uint8Array;
}

/**
 * Latency counts from the intended send time, so a late client or a full queue is never hidden.
 * Only an answer that came to its end has a TPOT, an E2E and a worst gap.
 */
export function latencies(log: RecordLog, rows: readonly number[]): Latencies {
  const intended = log.numbers('intendedUs');
  const first = log.numbers('firstTokenUs');
  const last = log.numbers('lastTokenUs');
  const end = log.numbers('endUs');
  const tokens = log.numbers('outputTokens');
  const gapMax = log.numbers('gapMaxUs');
  const ok = Uint8Array.from(rows, (row) => (log.text('outcome', row) === 'ok' ? 1 : 0));
  const ended = (of: (row: number) => number) =>
    Float64Array.from(rows, (row, i) => (ok[i] === 1 ? of(row) : Number.NaN));
  return {
    ttft: Float64Array.from(rows, (row) => first[row]! - intended[row]!),
    tpot: ended((row) =>
      tokens[row]! > 1 ? (last[row]! - first[row]!) / (tokens[row]! - 1) : Number.NaN,
    ),
    e2e: ended((row) => end[row]! - intended[row]!),
    stall: ended((row) => gapMax[row]!),
    ok,
  };
}
