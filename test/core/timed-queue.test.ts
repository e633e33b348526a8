import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimedQueue } from '../../core/timed-queue.ts';

test('comes out by time, and at equal times in the order it went in', () => {
  const script = fc.array(fc.oneof(fc.nat(20), fc.constant('pop' as const)), { maxLength: 300 });
  const property = fc.property(script, (acts) => {
    const queue = new TimedQueue<number>();
    const plain: { atUs: number; item: number }[] = [];
    for (const [item, act] of acts.entries()) {
      if (act === 'pop') {
        expect(queue.pop()).toBe(plain.shift()?.item);
      } else {
        queue.push(act, item);
        plain.push({ atUs: act, item });
        plain.sort((a, b) => a.atUs - b.atUs || a.item - b.item);
      }
      expect(queue.length).toBe(plain.length);
      expect(queue.nextUs).toBe(plain[0]?.atUs ?? Number.POSITIVE_INFINITY);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});

test('those that are kept come out as they would have', () => {
  const times = fc.array(fc.nat(20), { maxLength: 200 });
  const property = fc.property(times, fc.nat(5), (ats, modulus) => {
    const queue = new TimedQueue<number>();
    for (const [item, atUs] of ats.entries()) queue.push(atUs, item);
    queue.keep((item) => item % (modulus + 1) === 0);
    const kept = [...ats.entries()].filter(([item]) => item % (modulus + 1) === 0);
    kept.sort(([a, aUs], [b, bUs]) => aUs - bUs || a - b);
    expect(Array.from(kept, () => queue.pop())).toEqual(kept.map(([item]) => item));
    expect(queue.pop()).toBeUndefined();
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});
