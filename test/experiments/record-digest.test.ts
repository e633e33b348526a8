import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnNames, isNumberColumn, type RequestRecord } from '../../core/request-record.ts';
import { recordDigest } from '../../experiments/record-digest.ts';
import { anyRecords, logOf, ordinaryRecords } from '../support/records.ts';

test('the same rows have the same digest, however the log keeps them', () => {
  fc.assert(
    fc.property(anyRecords, fc.integer({ min: 1, max: 5 }), (records, chunkRows) => {
      expect(recordDigest(logOf(records, chunkRows))).toBe(recordDigest(logOf(records)));
    }),
  );
});

test('any other value in any column gives another digest', () => {
  const digest = recordDigest(logOf(ordinaryRecords));
  const [first, ...rest] = ordinaryRecords;
  const digests = columnNames.map((name) => {
    const other = isNumberColumn(name) ? first![name] + 1 : `${first![name]}!`;
    const changed = { ...first!, [name]: other } as RequestRecord;
    return recordDigest(logOf([changed, ...rest]));
  });
  expect(new Set([digest, ...digests]).size).toBe(columnNames.length + 1);
});

test('neither the order of the rows nor their number goes by unseen', () => {
  const [one, other] = ordinaryRecords;
  const logs = [[one!, other!], [other!, one!], [one!], [one!, one!], []];
  expect(new Set(logs.map((records) => recordDigest(logOf(records)))).size).toBe(logs.length);
});

test('there is one "not a number", and one zero', () => {
  const strange = new Float64Array(1);
  new BigUint64Array(strange.buffer)[0] = 0xfff8000000000123n;
  const [row] = ordinaryRecords;
  const digests = [Number.NaN, strange[0]!].map((endUs) =>
    recordDigest(logOf([{ ...row!, endUs }])),
  );
  expect(digests[0]).toBe(digests[1]);
  const zeros = [0, -0].map((endUs) => recordDigest(logOf([{ ...row!, endUs }])));
  expect(zeros[0]).toBe(zeros[1]);
});

test('it is the same on every machine and every version of Node', () => {
  expect(recordDigest(logOf(ordinaryRecords))).toMatchInlineSnapshot(
    `"41d08aed46d36110a1c37b03e302df0f"`,
  );
});
