import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentCount } from '../../../proxy/observe/recent-count.ts';

test('counts what happened in the last 55 to 60 seconds', () => {
  const gapsUs = fc.array(fc.oneof(fc.nat(100_000_000), fc.nat(3_000_000)), { maxLength: 200 });
  const property = fc.property(gapsUs, fc.nat(200_000_000), (gaps, restUs) => {
    const count = new RecentCount();
    const times: number[] = [];
    let nowUs = 0;
    for (const gapUs of gaps) {
      nowUs += gapUs;
      count.add(nowUs);
      times.push(nowUs);
    }
    nowUs += restUs;
    const within = (us: number) => times.filter((time) => time > nowUs - us).length;
    const total = count.total(nowUs);
    expect(total).toBeGreaterThanOrEqual(within(55_000_000));
    expect(total).toBeLessThanOrEqual(within(60_000_001));
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});
