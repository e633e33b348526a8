import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDurationUs, parseDurationUs } from '../../core/time.ts';

describe('durations', () => {
  test('a duration that was written is read back to the same microsecond', () => {
    const upTo100Years = fc.integer({ min: 0, max: 100 * 366 * 86_400 * 1_000_000 });
    const spread = fc.oneof(
      upTo100Years,
      fc.nat(),
      fc.nat(10_000).map((n) => n * 1_000_000),
    );
    const property = fc.property(spread, (us) => {
      expect(parseDurationUs(formatDurationUs(us))).toBe(us);
    });
    fc.assert(property, { seed: 1, numRuns: 5_000 });
  });

  test.each([
    ['500us', 500],
    ['500ms', 500_000],
    ['0.5s', 500_000],
    ['90s', 90_000_000],
    ['2m', 120_000_000],
    ['2min', 120_000_000],
    ['1.5 h', 5_400_000_000],
    ['  7d  ', 604_800_000_000],
    ['0s', 0],
  ])('"%s" is %d microseconds', (text, us) => {
    expect(parseDurationUs(text)).toBe(us);
  });

  test.each([
    ['120000000', '2m'],
    ['3600000000', '1h'],
    ['5400000000', '90m'],
    ['1500', '1.5ms'],
    ['1500000', '1.5s'],
    ['999', '999us'],
    ['0', '0us'],
  ])('%s microseconds are written as "%s"', (us, text) => {
    expect(formatDurationUs(Number(us))).toBe(text);
  });

  test.each([
    '',
    '10',
    'm',
    '-1s',
    '+1s',
    '1e3s',
    '.5s',
    '1.s',
    '1 hour',
    '1s 2',
    '1,5s',
    'NaNs',
    '١s',
  ])('"%s" is not a duration', (text) => {
    expect(parseDurationUs(text)).toBeUndefined();
  });

  test('a duration that whole microseconds cannot count is not a duration', () => {
    expect(parseDurationUs('104249d')).toBe(104_249 * 86_400_000_000);
    expect(parseDurationUs('104250d')).toBeUndefined();
    expect(parseDurationUs(`1${'0'.repeat(400)}s`)).toBeUndefined();
  });

  test('whatever is read is a whole number of microseconds, not below zero', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.double({ min: 0, max: 1e20, noNaN: true }),
          fc.constantFrom('us', 'ms', 's', 'm', 'min', 'h', 'd'),
        )
        .map(([value, unit]) => `${value}${unit}`),
    );
    const property = fc.property(text, (given) => {
      const us = parseDurationUs(given) ?? 0;
      expect(Number.isSafeInteger(us) && us >= 0).toBe(true);
    });
    fc.assert(property, { seed: 1, numRuns: 2_000 });
  });
});
