import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../../core/errors.ts';
import { readCsv, writeCsv } from '../../../core/formats/csv.ts';
import { RecordLog } from '../../../core/record-log.ts';
import { columnNames } from '../../../core/request-record.ts';
import { anyDamage, damaged } from '../../support/damage.ts';
import { anyRecords, logOf, ordinaryRecords } from '../../support/records.ts';

const write = (log: RecordLog) => [...writeCsv(log)].join('');
const validText = write(logOf(ordinaryRecords));

describe('records as CSV', () => {
  test('what is written is read back identically, whatever the tenant is called', () => {
    const property = fc.property(anyRecords, (records) => {
      expect([...readCsv(write(logOf(records))).rows()]).toEqual(records);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('the first line names the columns, and an absent time is an empty field', () => {
    const [header, , second] = validText.split('\n');
    expect(header).toBe(columnNames.join(','));
    expect(second).toBe(
      '1,chat,0,0,0,512,256,128,1000,1000,1000,2001,,,64000,12000.5,0,1,1,a100-1,rejected',
    );
  });

  test('columns may stand in another order and newer ones are ignored', () => {
    const rows = validText.trimEnd().split('\n');
    const turned = rows.map((row) => `x,${row.split(',').reverse().join(',')}`);
    expect([...readCsv(turned.join('\n')).rows()]).toEqual(ordinaryRecords);
  });

  test('windows line ends and a last line without one are read', () => {
    const windows = validText.trimEnd().replaceAll('\n', '\r\n');
    expect([...readCsv(windows).rows()]).toEqual(ordinaryRecords);
  });

  test('a file saved by a spreadsheet, with a byte order mark, is read', () => {
    expect([...readCsv(`\ufeff${validText}`).rows()]).toEqual(ordinaryRecords);
  });

  test.each([
    ['a missing column', 'tenant,', '', 'line 1: no column tenant.'],
    ['an empty file', /^[\s\S]*$/, '', `line 1: no column ${columnNames.join(', ')}.`],
    ['a field too many', 'chat,', 'chat,,', 'line 2: 22 fields, but the header has 21.'],
    ['a cut line', /,1,1,a100-1,truncated\n$/, '', 'line 4: 17 fields, but the header has 21.'],
    ['a word as a number', ',512', ',many', 'line 2: inputTokens is "many"; write a number.'],
    ['a blank as a number', ',512', ', ', 'line 2: inputTokens is " "; write a number.'],
    [
      'an infinite number',
      ',512',
      ',Infinity',
      'line 2: inputTokens is "Infinity"; write a number.',
    ],
    ['a quote left open', 'chat,', '"chat,', 'line 2: a quote is not closed.'],
    [
      'an unknown outcome',
      'rejected',
      'lost',
      'line 3: outcome is "lost"; write one of ok, failed, timeout, rejected, cancelled, truncated.',
    ],
  ])('the message about %s names the line and the column', (_what, from, to, message) => {
    const read = () => readCsv(validText.replace(from, to));
    expect(read).toThrow(new FairleadError('RECORDS_INVALID', message));
  });

  test('lines are counted as an editor does, also after a tenant of two lines', () => {
    const [first, second] = ordinaryRecords.map((record) => ({ ...record, tenant: 'two\nlines' }));
    const text = write(logOf([first!, second!])).replace('rejected', 'lost');
    expect(() => readCsv(text)).toThrow(/^line 4: outcome is "lost"/);
  });

  test('a quote left open at the top of a huge file is a message, not a stack overflow', () => {
    const rows = validText.slice(validText.indexOf('\n') + 1).repeat(40_000);
    const text = `${columnNames.join(',')}\n0,"chat,${rows}`;
    expect(() => readCsv(text)).toThrow('line 2: a quote is not closed.');
  });

  test('a damaged file gives a log or a message with a line, never another exception', () => {
    const pieces = [
      '"',
      '""',
      ',',
      '\n',
      '\r',
      '\r\n',
      ',,',
      '\ufeff',
      'NaN',
      '1e999',
      '__proto__',
    ];
    const damages = fc.array(anyDamage(pieces), { minLength: 1, maxLength: 3 });
    const property = fc.property(damages, (given) => {
      try {
        expect(readCsv(damaged(validText, given))).toBeInstanceOf(RecordLog);
      } catch (error) {
        expect(error).toBeInstanceOf(FairleadError);
        expect(error).toMatchObject({
          code: 'RECORDS_INVALID',
          message: expect.stringMatching(/^line \d+: /),
        });
      }
    });
    fc.assert(property, { seed: 1, numRuns: 2_000 });
  });
});
