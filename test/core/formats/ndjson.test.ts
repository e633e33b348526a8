import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../../core/errors.ts';
import { readNdjson, writeNdjson } from '../../../core/formats/ndjson.ts';
import { RecordLog } from '../../../core/record-log.ts';
import { anyDamage, damaged } from '../../support/damage.ts';
import { anyRecords, logOf, ordinaryRecords } from '../../support/records.ts';

const write = (log: RecordLog) => [...writeNdjson(log)].join('');
const validText = write(logOf(ordinaryRecords));

describe('records as NDJSON', () => {
  test('what is written is read back identically, whatever the tenant is called', () => {
    const property = fc.property(anyRecords, (records) => {
      const text = write(logOf(records));
      expect([...readNdjson(text).rows()]).toEqual(records);
      expect(text.split('\n').length - 1).toBe(records.length);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('a log of many pieces is written without a seam', () => {
    const records = Array.from({ length: 1_537 }, (_, id) => ({ ...ordinaryRecords[id % 3]!, id }));
    expect([...readNdjson(write(logOf(records))).rows()]).toEqual(records);
  });

  test('a file without a line is an empty log', () => {
    expect(readNdjson('').length).toBe(0);
    expect(readNdjson('\n\n').length).toBe(0);
  });

  test('columns of a newer version are ignored, and Windows line ends are read', () => {
    const newer = validText.replaceAll('}\n', ',"costUsd":0.01}\r\n');
    expect([...readNdjson(newer).rows()]).toEqual(ordinaryRecords);
  });

  test.each([
    ['a line that is cut', '"outcome":"ok"}', '"outcome":"o', 'line 1: this is not a JSON object.'],
    ['a line of another kind', /^.*\n/, '7\n', 'line 1: this is not a JSON object.'],
    ['a missing column', '"tenant":"chat",', '', 'line 1: tenant is missing; write a text.'],
    ['a missing number', '"endUs":64000,', '', 'line 1: endUs is missing; write a number.'],
    ['a word as a number', ':512', ':"many"', 'line 1: inputTokens is "many"; write a number.'],
    ['a truth value', ':512', ':true', 'line 1: inputTokens is true; write a number.'],
    ['a number as a text', '"chat"', '7', 'line 1: tenant is 7; write a text.'],
    [
      'a number beyond all numbers',
      ':512',
      ':1e999',
      'line 1: inputTokens is null; write a number.',
    ],
    [
      'an unknown outcome',
      '"rejected"',
      '"lost"',
      'line 2: outcome is "lost"; write one of ok, failed, timeout, rejected, cancelled, truncated.',
    ],
  ])('the message about %s names the line and the column', (_what, from, to, message) => {
    const read = () => readNdjson(validText.replace(from, to));
    expect(read).toThrow(new FairleadError('RECORDS_INVALID', message));
  });

  test('a blank is not a number, least of all zero', () => {
    expect(() => readNdjson(validText.replace(':512', ':" "'))).toThrow(
      new FairleadError('RECORDS_INVALID', 'line 1: inputTokens is " "; write a number.'),
    );
  });

  test('a damaged file gives a log or a message with a line, never another exception', () => {
    const pieces = ['{', '}', '[', '"', ':', ',', '\n', 'null', '1e999', '\\u', '{"__proto__":1}'];
    const damages = fc.array(anyDamage(pieces), { minLength: 1, maxLength: 3 });
    const property = fc.property(damages, (given) => {
      try {
        expect(readNdjson(damaged(validText, given))).toBeInstanceOf(RecordLog);
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
