import { randomNormal } from 'd3-random';
import { expect, test } from 'vitest';
import { type Random, randomStream } from '../../core/random.ts';
import { RecordLog } from '../../core/record-log.ts';
import type { RequestRecord } from '../../core/request-record.ts';
import { truncationPoint, unsteadinessOf, unsteadySeries } from '../../reports/steady-state.ts';

const texts = { tenant: 'a', replica: 'r', outcome: 'ok' } as const;
const seconds = (count: number) => Array.from({ length: count }, (_, second) => second * 1e6);

test.each([50, 100, 235])(
  'a transient of %i s before a constant is found to the batch',
  (length) => {
    const timesUs = seconds(600);
    const values = timesUs.map((_us, second) => (second < length ? 300 : 100));
    expect(unsteadySeries({ timesUs, values }, 0)).toEqual({
      kind: 'warming',
      untilUs: length * 1e6,
    });
    expect(unsteadySeries({ timesUs, values }, length * 1e6)).toBeUndefined();
    expect(unsteadySeries({ timesUs, values }, (length - 10) * 1e6)?.kind).toBe('warming');
  },
);

test('a fall to a level is cut where it has come near to it', () => {
  const timesUs = seconds(2_000);
  const noise = randomNormal.source(randomStream(1, 'noise'))(0, 5);
  const values = timesUs.map((_us, second) => 100 + 400 * Math.exp(-second / 50) + noise());
  const found = unsteadySeries({ timesUs, values }, 10e6);
  expect(found?.kind).toBe('warming');
  const untilUs = found?.kind === 'warming' ? found.untilUs : 0;
  // Down to a fifth, and to a two-thousandth, of what it falls.
  expect(untilUs).toBeGreaterThan(80e6);
  expect(untilUs).toBeLessThan(380e6);
});

test('a transient of a long run is found as well', () => {
  const timesUs = seconds(100_000);
  const noise = randomNormal.source(randomStream(1, 'noise'))(0, 5);
  const values = timesUs.map((_us, second) => (second < 10_000 ? 1_300 : 1_000) + noise());
  const found = unsteadySeries({ timesUs, values }, 0);
  expect(found?.kind).toBe('warming');
  const untilUs = found?.kind === 'warming' ? found.untilUs : 0;
  expect(Math.abs(untilUs - 10_000e6)).toBeLessThan(100e6);
});

test('what rises to the end never came to rest', () => {
  const timesUs = seconds(600);
  const noise = randomNormal.source(randomStream(1, 'noise'))(0, 5);
  const values = timesUs.map((_us, second) => 100 + second + noise());
  expect(unsteadySeries({ timesUs, values }, 60e6)).toEqual({ kind: 'drifting' });
});

test('a constant is steady from the start, and so is a short run', () => {
  expect(truncationPoint(new Float64Array(100).fill(0.1))).toBe(0);
  expect(
    unsteadySeries({ timesUs: seconds(600), values: new Array(600).fill(7) }, 0),
  ).toBeUndefined();
  expect(
    unsteadySeries({ timesUs: seconds(10), values: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] }, 0),
  ).toBeUndefined();
});

test.each<readonly [string, (random: Random) => () => number]>([
  ['white noise', (random: Random) => randomNormal.source(random)(100, 30)],
  ['exponential noise', (random: Random) => () => -100 * Math.log(1 - random())],
  ['noise that remembers', remembering],
])('%s gives no warning in 95 %% of the seeds', (_name, draws) => {
  let warnings = 0;
  for (let seed = 0; seed < 400; seed++) {
    const draw = draws(randomStream(seed, 'noise'));
    const timesUs = seconds(600);
    if (unsteadySeries({ timesUs, values: timesUs.map(draw) }, 60e6) !== undefined) warnings += 1;
  }
  expect(warnings).toBeLessThanOrEqual(20);
});

test('a run whose queue empties after its start is warming up, whatever is in the window', () => {
  const log = (slowUntilS: number) => {
    const rows = new RecordLog();
    for (let second = 0; second < 300; second++) {
      const [intendedUs, ttftUs] = [second * 1e6, second < slowUntilS ? 3e6 : 2e5];
      const firstTokenUs = intendedUs + ttftUs;
      const endUs = firstTokenUs + 1e6;
      rows.append({ intendedUs, firstTokenUs, endUs, ...texts } as RequestRecord);
    }
    return rows;
  };
  const window = { fromUs: 20e6, untilUs: 300e6 };
  expect(unsteadinessOf(log(0), window)).toBeUndefined();
  expect(unsteadinessOf(log(20), window)).toBeUndefined();
  const found = unsteadinessOf(log(80), window);
  expect(found?.kind).toBe('warming');
  const untilS = found?.kind === 'warming' ? found.untilUs / 1e6 : 0;
  expect(untilS).toBeGreaterThanOrEqual(80);
  expect(untilS).toBeLessThanOrEqual(90);
});

/** Each value is nine tenths of the one before: what a queue near its limit does. */
function remembering(random: Random): () => number {
  const noise = randomNormal.source(random)(0, 10);
  let value = 0;
  return () => {
    value = 0.9 * value + noise();
    return 200 + value;
  };
}
