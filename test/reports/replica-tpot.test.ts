import { expect, test } from 'vitest';
import { replicaTpotsMs } from '../../reports/replica-tpot.ts';
import { logOf, ordinaryRecords } from '../support/records.ts';

const [ok] = ordinaryRecords;
const window = { fromUs: 0, untilUs: 1_000_000 };

/** Its answer of eleven tokens takes so many milliseconds for each after the first. */
function answer(replica: string, tpotMs: number, given = {}) {
  const [firstTokenUs, outputTokens] = [50_000, 11];
  const lastTokenUs = firstTokenUs + 10 * tpotMs * 1_000;
  return { ...ok!, replica, firstTokenUs, lastTokenUs, outputTokens, ...given };
}

test('each replica has the median of the requests it has answered', () => {
  const log = logOf([10, 20, 90].flatMap((ms) => [answer('a', ms), answer('b', 2 * ms)]));
  expect(replicaTpotsMs(log, window)).toEqual(
    new Map([
      ['a', 20],
      ['b', 40],
    ]),
  );
});

test('what is not counted, not answered, or a single token says nothing', () => {
  const log = logOf([
    answer('a', 10),
    answer('a', 70, { intendedUs: 2_000_000 }),
    answer('a', 70, { outcome: 'truncated' }),
    answer('b', 70, { outputTokens: 1 }),
  ]);
  expect(replicaTpotsMs(log, window)).toEqual(new Map([['a', 10]]));
});
