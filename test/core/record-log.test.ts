import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordLog } from '../../core/record-log.ts';
import { columnNames, isNumberColumn } from '../../core/request-record.ts';
import { anyRecords, logOf, ordinaryRecords } from '../support/records.ts';

describe('the log of requests', () => {
  test('what was appended is read back in the same order, however small the log began', () => {
    const capacity = fc.integer({ min: 1, max: 4 });
    const property = fc.property(anyRecords, capacity, (records, initialRows) => {
      const log = logOf(records, initialRows);
      expect(log.length).toBe(records.length);
      expect([...log.rows()]).toEqual(records);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('a column holds the values of its rows and nothing beyond the last row', () => {
    const property = fc.property(anyRecords, (records) => {
      const log = logOf(records, 1);
      for (const name of columnNames) {
        const column = isNumberColumn(name)
          ? [...log.numbers(name)]
          : records.map((_, row) => log.text(name, row));
        expect(column).toEqual(records.map((record) => record[name]));
      }
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('growing keeps a hundred thousand rows intact', () => {
    const log = new RecordLog(8);
    const rows = 100_000;
    for (let id = 0; id < rows; id++) {
      log.append({ ...ordinaryRecords[id % 3]!, id, tenant: `tenant-${id % 7}` });
    }
    expect(log.numbers('id').every((id, row) => id === row)).toBe(true);
    for (let row = 0; row < rows; row += 997) {
      expect(log.text('tenant', row)).toBe(`tenant-${row % 7}`);
      expect(log.text('outcome', row)).toBe(ordinaryRecords[row % 3]!.outcome);
    }
  });

  test('asking for a text outside the log is an error, not an empty answer', () => {
    const log = logOf(ordinaryRecords);
    expect(() => log.text('tenant', 3)).toThrow('row 3 is outside the log');
    expect(() => log.text('tenant', -1)).toThrow('row -1 is outside the log');
  });
});
