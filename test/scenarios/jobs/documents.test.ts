import { expect, test } from 'vitest';
import { groupBy } from '../../support/group-by.ts';
import { bySession, playTraffic, requestsOf } from '../../support/played-traffic.ts';
import { expectZipf } from '../../support/zipf.ts';

const visit = {
  kind: 'documents',
  documents: 200,
  document: { kind: 'log-normal', mean: 1_000, sd: 500 },
  questions: 2,
  question: 10,
  answer: 5,
  gap: '0s',
};

function played(job: object, count: number) {
  return requestsOf(playTraffic([{ job: { ...visit, ...job } }], count, { answerUs: () => 0 }));
}

test('documents are asked for in proportion to n^-zipf', () => {
  const requests = played({ questions: 1, zipf: 0.8 }, 40_000);
  const texts = requests.map(({ prompt }) => prompt[0]!.text);
  const first = Math.min(...texts);
  expectZipf(
    texts.map((text) => text - first),
    { choices: 200, exponent: 0.8 },
  );
});

test('a document keeps its length, and lengths are those of its law', () => {
  const requests = played({ zipf: 0 }, 40_000);
  const tokens = groupBy(
    requests.map(({ prompt }) => prompt[0]!),
    ({ text }) => text,
  );
  expect(tokens.size).toBe(200);
  for (const same of tokens.values()) {
    expect(new Set(same.map(({ tokens }) => tokens)).size).toBe(1);
  }
  const lengths = [...tokens.values()].map(([passage]) => passage!.tokens);
  const mean = lengths.reduce((sum, tokens) => sum + tokens, 0) / lengths.length;
  expect(Math.abs(mean - 1_000)).toBeLessThan((4 * 500) / Math.sqrt(200));
});

test('a visit is about one document, and its questions are about nothing else', () => {
  for (const requests of bySession(played({}, 1_000)).values()) {
    expect(new Set(requests.map(({ prompt }) => prompt[0]!.text)).size).toBe(1);
    expect(new Set(requests.map(({ prompt }) => prompt[1]!.text)).size).toBe(requests.length);
    for (const { prompt } of requests) expect(prompt).toHaveLength(2);
  }
});

test('the share of visits without a document is as given', () => {
  const visits = [...bySession(played({ withoutShare: 0.2 }, 20_000)).values()];
  const without = visits.filter(([first]) => first!.prompt.length === 1).length / visits.length;
  expect(Math.abs(without - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / visits.length));
});
