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
  const times: Latencies = {
    ttft: new Float64Array(rows.length),
    tpot: new Float64Array(rows.length).fill(Number.NaN),
    e2e: new Float64Array(rows.length).fill(Number.NaN),
    stall: new Float64Array(rows.length).fill(Number.NaN),
    ok: new Uint8Array(rows.length),
  };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    times.ttft[i] = first[row]! - intended[row]!;
    if (log.text('outcome', row) !== 'ok') continue;
    times.ok[i] = 1;
    if (tokens[row]! > 1) times.tpot[i] = (last[row]! - first[row]!) / (tokens[row]! - 1);
    times.e2e[i] = end[row]! - intended[row]!;
    times.stall[i] = gapMax[row]!;
  }
  return times;
}
