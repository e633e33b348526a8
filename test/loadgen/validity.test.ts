import { expect, test } from 'vitest';
import { LiveFigures } from '../../loadgen/live-figures.ts';
import { invalidity } from '../../loadgen/live-run.ts';

function judged(requests: number, late: number): string | undefined {
  const figures = new LiveFigures();
  for (let i = 0; i < requests; i++) figures.onSent(i < late ? 8_000 : 100, true);
  return invalidity({ lag: figures.judgedLag });
}

test('one hiccup says nothing against a run, however few requests it has', () => {
  for (const requests of [1, 2, 20, 99, 1_000]) expect(judged(requests, 1)).toBeUndefined();
});

test('two of a few, or more than one in a hundred of many, do', () => {
  expect(judged(20, 2)).toContain('2 of 20 requests were sent more than 5 ms late');
  expect(judged(1_000, 10)).toBeUndefined();
  expect(judged(1_000, 11)).toBeDefined();
});

test('what does not count is only judged where nothing does', () => {
  const figures = new LiveFigures();
  for (let i = 0; i < 10; i++) figures.onSent(8_000, false);
  expect(invalidity({ lag: figures.judgedLag })).toBeDefined();
  figures.onSent(100, true);
  expect(invalidity({ lag: figures.judgedLag })).toBeUndefined();
});
