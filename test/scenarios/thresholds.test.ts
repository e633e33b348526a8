import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../core/errors.ts';
import { latencyMetrics, statistics } from '../../core/slo.ts';
import { formatDurationUs } from '../../core/time.ts';
import { parseThreshold } from '../../scenarios/thresholds.ts';
import { anyDamage, damaged } from '../support/damage.ts';

const blank = fc.constantFrom('', ' ', '  ', '\t');

describe('a service level objective', () => {
  test('names a metric, a statistic, a comparison and a duration, however it is spaced', () => {
    const parts = fc.record({
      metric: fc.constantFrom(...latencyMetrics),
      statistic: fc.constantFrom(...statistics),
      comparator: fc.constantFrom('<' as const, '<=' as const),
      limitUs: fc.integer({ min: 1, max: 86_400_000_000 }),
    });
    const spaces = fc.tuple(blank, blank, blank, blank);
    const property = fc.property(parts, spaces, (given, [a, b, c, d]) => {
      const { metric, statistic, comparator, limitUs } = given;
      const limit = formatDurationUs(limitUs);
      const text = `${a}${metric}.${statistic}${b}${comparator}${c}${limit}${d}`;
      expect(parseThreshold(text)).toEqual({ kind: 'latency', text: text.trim(), ...given });
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test('may be a share of good requests', () => {
    const share = fc.integer({ min: 1, max: 9_999 });
    const property = fc.property(share, fc.constantFrom('>', '>='), (percent100, comparator) => {
      const text = `goodput ${comparator} ${percent100 / 100}%`;
      const { limitShare, ...rest } = parseThreshold(text) as { limitShare: number };
      expect(rest).toEqual({ kind: 'goodput', text, comparator });
      expect(limitShare).toBeCloseTo(percent100 / 10_000, 12);
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test.each([
    ['', 'it has no comparison'],
    ['ttft.p99', 'it has no comparison'],
    ['ttft.p99 = 500ms', 'it has no comparison'],
    ['TTFT.p99 < 500ms', 'it has no comparison'],
    ['ttft.p99 <', 'it has no comparison'],
    ['< 500ms', 'it has no comparison'],
    ['ttft < 500ms', '"ttft" is not a metric with a statistic'],
    ['latency.p99 < 500ms', '"latency.p99" is not a metric with a statistic'],
    ['goodputs > 95%', '"goodputs" is not a metric with a statistic'],
    ['ttft.p98 < 500ms', '"p98" is not a statistic'],
    ['ttft. < 500ms', '"" is not a statistic'],
    ['ttft.p99.99 < 500ms', '"p99.99" is not a statistic'],
    ['ttft.p99 > 500ms', 'a latency is bounded from above, with <'],
    ['ttft.p99 >= 500ms', 'a latency is bounded from above, with <'],
    ['ttft.p99 < 500', '"500" is not a duration above zero'],
    ['ttft.p99 < 0ms', '"0ms" is not a duration above zero'],
    ['ttft.p99 < -5ms', '"-5ms" is not a duration above zero'],
    ['ttft.p99 << 5ms', '"< 5ms" is not a duration above zero'],
    ['ttft.p99 < 1e3ms', '"1e3ms" is not a duration above zero'],
    ['goodput < 95%', 'goodput is bounded from below, with >'],
    ['goodput > 0.95', '"0.95" is not a percentage'],
    ['goodput > 0%', 'goodput lies between 0% and 100%'],
    ['goodput > 100%', 'goodput lies between 0% and 100%'],
    ['goodput > 1000%', 'goodput lies between 0% and 100%'],
  ])('is refused with a reason and examples when it reads "%s"', (text, reason) => {
    const examples = '"ttft.p99 < 500ms", "tpot.p99 < 50ms", "goodput > 95%"';
    expect(() => parseThreshold(text)).toThrow(
      new FairleadError('SLO_SYNTAX', `"${text}": ${reason}. Write for example ${examples}.`),
    );
  });

  test('whatever was typed is either understood or explained', () => {
    const pieces = ['<', '>', '=', '.', 'p99', '%', 'ms', ' ', '0', '-', 'goodput'];
    const valid = fc.constantFrom('ttft.p99 < 500ms', 'tpot.mean <= 1.5s', 'goodput >= 99.5%');
    const damages = fc.array(anyDamage(pieces), { minLength: 1, maxLength: 3 });
    const property = fc.property(valid, damages, (text, given) => {
      try {
        const threshold = parseThreshold(damaged(text, given));
        const limit = threshold.kind === 'latency' ? threshold.limitUs : threshold.limitShare;
        expect(limit).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(FairleadError);
        expect(error).toMatchObject({ code: 'SLO_SYNTAX' });
      }
    });
    fc.assert(property, { seed: 1, numRuns: 3_000 });
  });
});
