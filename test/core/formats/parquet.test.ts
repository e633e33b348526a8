import fc from 'fast-check';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../../core/errors.ts';
import { readParquet, writeParquet } from '../../../core/formats/parquet.ts';
import { RecordLog } from '../../../core/record-log.ts';
import { columnNames, isNumberColumn } from '../../../core/request-record.ts';
import { anyRecords, logOf, ordinaryRecords } from '../../support/records.ts';

const validBytes = writeParquet(logOf(ordinaryRecords));

/** The file that another tool would write, with some columns of its own making. */
function foreignFile(changed: Readonly<Record<string, ColumnSource | undefined>>): Uint8Array {
  const columnData = columnNames.flatMap((name): ColumnSource[] => {
    if (name in changed) return changed[name] === undefined ? [] : [changed[name]];
    const data = ordinaryRecords.map((record) => record[name]);
    const absentAsNull = data.map((value) => (Number.isNaN(value) ? null : value));
    return [{ name, data: absentAsNull, type: isNumberColumn(name) ? 'DOUBLE' : 'STRING' }];
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

describe('records as Parquet', () => {
  test('what is written is read back identically, whatever the tenant is called', async () => {
    const property = fc.asyncProperty(anyRecords, async (records) => {
      const log = await readParquet(writeParquet(logOf(records)));
      expect([...log.rows()]).toEqual(records);
    });
    await fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('whole numbers of 64 bits, as pandas writes them, are read as numbers', async () => {
    const id: ColumnSource = { name: 'id', data: [0n, 1n, 2n], type: 'INT64' };
    const log = await readParquet(foreignFile({ id }));
    expect([...log.rows()]).toEqual(ordinaryRecords);
  });

  test.each<[string, Record<string, ColumnSource | undefined>, string]>([
    ['a missing column', { tenant: undefined }, 'row 1: tenant is missing; write a text.'],
    [
      'a text in place of a number',
      { endUs: { name: 'endUs', data: ['1', 'soon', '2'], type: 'STRING' } },
      'row 2: endUs is "soon"; write a number.',
    ],
    [
      'an unknown outcome',
      { outcome: { name: 'outcome', data: ['ok', 'ok', 'lost'], type: 'STRING' } },
      'row 3: outcome is "lost"; write one of ok, failed, timeout, rejected, cancelled, truncated.',
    ],
    [
      'a whole number in place of a text',
      { tenant: { name: 'tenant', data: [7n, 8n, 9n], type: 'INT64' } },
      'row 1: tenant is 7; write a text.',
    ],
  ])('the message about %s names the row and the column', async (_what, changed, message) => {
    await expect(readParquet(foreignFile(changed))).rejects.toThrow(
      new FairleadError('RECORDS_INVALID', message),
    );
  });

  test.each([
    ['an empty file', new Uint8Array(0)],
    ['a text', new TextEncoder().encode('id,tenant\n1,chat\n')],
    ['half a file', validBytes.subarray(0, validBytes.length / 2)],
  ])('%s is reported as not being Parquet', async (_what, bytes) => {
    await expect(readParquet(bytes)).rejects.toThrow(/^this is not a Parquet file: /);
    await expect(readParquet(bytes)).rejects.toBeInstanceOf(FairleadError);
  });

  test('a file cut anywhere, or with a damaged footer, gives a log or our message', async () => {
    // hyparquet never returns from some damaged page headers, so the pages stay whole.
    const footerLength = new DataView(validBytes.buffer).getUint32(validBytes.length - 8, true) + 8;
    const fromEnd = fc.integer({ min: 1, max: footerLength });
    const flips = fc.array(fc.tuple(fromEnd, fc.nat(255)), { maxLength: 4 });
    const length = fc.oneof(fc.constant(validBytes.length), fc.nat(validBytes.length));
    const property = fc.asyncProperty(flips, length, async (given, kept) => {
      const bytes = validBytes.slice();
      for (const [at, value] of given) bytes[bytes.length - at] = value;
      try {
        expect(await readParquet(bytes.subarray(0, kept))).toBeInstanceOf(RecordLog);
      } catch (error) {
        expect(error).toBeInstanceOf(FairleadError);
        expect(error).toMatchObject({ code: 'RECORDS_INVALID' });
      }
    });
    await fc.assert(property, { seed: 1, numRuns: 1_000 });
  });
});
