import { expect, test } from 'vitest';
import {
  countSteps,
  emptyCounters,
  iterationTokenBounds,
  sumCounters,
} from '../../sim/replica/engine-counters.ts';

test('steps are counted in the bucket whose bound they do not exceed', () => {
  expect(iterationTokenBounds.slice(0, 4)).toEqual([1, 8, 16, 32]);
  expect(iterationTokenBounds.at(-1)).toBe(16_384);
  for (const tokens of [1, 2, 7, 8, 9, 16, 17, 511, 512, 513, 16_383, 16_384, 16_385, 1e6]) {
    const counters = emptyCounters();
    countSteps(counters, tokens, 3);
    const bucket = iterationTokenBounds.findIndex((bound) => tokens <= bound);
    const expected = emptyCounters().iterationTokens.buckets;
    expected[bucket < 0 ? iterationTokenBounds.length : bucket] = 3;
    expect(counters.iterationTokens).toEqual({ buckets: expected, sum: 3 * tokens });
  }
});

test('a step that gives nobody a token is not counted', () => {
  const counters = emptyCounters();
  countSteps(counters, 0, 5);
  expect(counters).toEqual(emptyCounters());
});

test('the counters of several engines add up', () => {
  const [one, other] = [emptyCounters(), emptyCounters()];
  Object.assign(one, { prefixQueries: 1, prefixHits: 2, promptTokens: 3 });
  Object.assign(other, { promptTokens: 4, generationTokens: 5, preemptions: 6 });
  one.finished.stop = 7;
  other.finished.stop = 1;
  countSteps(one, 9, 2);
  countSteps(other, 10, 1);
  const sum = sumCounters([one, other]);
  expect(sum).toMatchObject({ prefixQueries: 1, prefixHits: 2, promptTokens: 7 });
  expect(sum).toMatchObject({ generationTokens: 5, preemptions: 6 });
  expect(sum.finished).toEqual({ stop: 8, length: 0, abort: 0, error: 0 });
  expect(sum.iterationTokens).toMatchObject({ sum: 28 });
  expect(sum.iterationTokens.buckets[2]).toBe(3);
});
