import fc from 'fast-check';
import { RecordLog } from '../../core/record-log.ts';
import { outcomes, type RequestRecord } from '../../core/request-record.ts';

/** Ordinary values, huge ones, and "not reached"; zero is never negative, as in a real log. */
export const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constant(Number.NaN),
  fc.nat(),
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
);

/** Everything that a format could mistake for syntax. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    'chat',
    ' padded ',
    'a,b',
    '"quoted"',
    '"',
    'two\nlines',
    '\r\n',
    '\r',
    'null',
  ),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\\', '{', 'é', '漢', '🚢', 'a') }),
);

export const anyRecord: fc.Arbitrary<RequestRecord> = fc.record({
  id: fc.nat(),
  tenant: anyText,
  session: anyNumber,
  turn: anyNumber,
  turns: anyNumber,
  inputTokens: anyNumber,
  cachedTokens: anyNumber,
  outputTokens: anyNumber,
  intendedUs: anyNumber,
  sentUs: anyNumber,
  dispatchedUs: anyNumber,
  scheduledUs: anyNumber,
  firstTokenUs: anyNumber,
  lastTokenUs: anyNumber,
  endUs: anyNumber,
  gapMaxUs: anyNumber,
  preemptions: anyNumber,
  tries: anyNumber,
  attempts: anyNumber,
  replica: anyText,
  outcome: fc.constantFrom(...outcomes),
});

export const anyRecords: fc.Arbitrary<RequestRecord[]> = fc.array(anyRecord, { maxLength: 12 });

/** A short log of ordinary requests, one of which never got a token. */
export const ordinaryRecords: readonly RequestRecord[] = ['ok', 'rejected', 'truncated'].map(
  (outcome, id) => ({
    id,
    tenant: 'chat',
    session: 0,
    turn: 0,
    turns: 0,
    inputTokens: 512,
    cachedTokens: 256,
    outputTokens: 128,
    intendedUs: 1_000 * id,
    sentUs: 1_000 * id,
    dispatchedUs: 1_000 * id,
    scheduledUs: 2_000 + id,
    firstTokenUs: outcome === 'ok' ? 32_000 : Number.NaN,
    lastTokenUs: outcome === 'ok' ? 64_000 : Number.NaN,
    endUs: 64_000,
    gapMaxUs: 12_000.5,
    preemptions: 0,
    tries: 1,
    attempts: 1,
    replica: 'a100-1',
    outcome: outcome as RequestRecord['outcome'],
  }),
);

export function logOf(records: readonly RequestRecord[], capacity?: number): RecordLog {
  const log = new RecordLog(capacity);
  for (const record of records) log.append(record);
  return log;
}
