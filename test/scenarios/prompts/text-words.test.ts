import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headTokens, saltOf, TextWords } from '../../../scenarios/prompts/text-words.ts';

const bits = 10;
const salt = saltOf('run');
const head = headTokens({ bits });
const textsMax = 2 ** 53 - 1;

function words(text: number, count: number, runSalt = 'run'): number[] {
  const sequence = new TextWords(text, { bits }, saltOf(runSalt));
  return Array.from({ length: count }, (_, position) => sequence.at(position));
}

const anyText = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(5_000),
  fc.integer({ min: 0, max: 1_000 }).map((tenant) => tenant * 2 ** 43),
  fc.nat(52).map((power) => 2 ** power),
);

test('two texts are told apart within the head, whatever their numbers', () => {
  const property = fc.property(anyText, anyText, fc.nat(12), (one, other, bitsLess) => {
    fc.pre(one !== other);
    const size = { bits: 13 - bitsLess };
    const [a, b] = [new TextWords(one, size, salt), new TextWords(other, size, salt)];
    expect(a.head).not.toEqual(b.head);
    expect(a.head).toHaveLength(headTokens(size));
  });
  fc.assert(property, { seed: 1, numRuns: 2_000 });
});

test('texts numbered in a row begin with different words', () => {
  const runs = fc.integer({ min: 0, max: Math.floor(textsMax / 2 ** bits) - 1 });
  const property = fc.property(runs, (run) => {
    const first = run * 2 ** bits;
    const begins = Array.from({ length: 2 ** bits }, (_, i) => words(first + i, 1)[0]);
    expect(new Set(begins).size).toBe(2 ** bits);
  });
  fc.assert(property, { seed: 2, numRuns: 20 });
});

test('any two texts begin with different words but for one pair in as many as there are words', () => {
  // Tenants number their texts from multiples of 2^43 on: the same lowest digits again and again.
  const tenants = Array.from({ length: 2_000 }, (_, tenant) => words(tenant * 2 ** 43, 1)[0]!);
  expect(agreeingPairs(tenants) * 2 ** bits).toBeGreaterThan(0.9);
  expect(agreeingPairs(tenants) * 2 ** bits).toBeLessThan(1.1);
});

describe('behind the head', () => {
  const columns: [string, (i: number) => number][] = [
    ['along a text', (i) => new TextWords(7, { bits }, salt).at(head + i)],
    ['at one place of many texts', (i) => words(i, 30)[29]!],
    ['at one place of the texts of many tenants', (i) => words(i * 2 ** 43, 21)[20]!],
    ['at one place over salts', (i) => words(7, 20, `run ${i}`)[19]!],
  ];
  test.each(columns)('words are as frequent as one another %s', (_, draw) => {
    expect(chiSquarePerDegree(Array.from({ length: 50_000 }, (_, i) => draw(i)))).toBeLessThan(1.2);
    expect(chiSquarePerDegree(Array.from({ length: 50_000 }, (_, i) => draw(i)))).toBeGreaterThan(
      0.8,
    );
  });

  test('a word does not tell the next one', () => {
    const sequence = new TextWords(11, { bits }, salt);
    const pairs = Array.from({ length: 50_000 }, (_, i) => {
      const [one, next] = [sequence.at(head + 2 * i), sequence.at(head + 2 * i + 1)];
      return (one % 32) * 32 + (next % 32);
    });
    expect(chiSquarePerDegree(pairs)).toBeLessThan(1.2);
  });
});

test('a run with another salt finds no block of the first', () => {
  const block = (text: number, runSalt: string) => words(text, 16, runSalt).join(' ');
  const texts = Array.from({ length: 10_000 }, (_, text) => text);
  const first = new Set(texts.map((text) => block(text, '2026-01-01')));
  expect(first.size).toBe(texts.length);
  expect(texts.filter((text) => first.has(block(text, '2026-01-02')))).toEqual([]);
});

test('words are the same on every machine', () => {
  expect(words(0, 10, '')).toEqual([127, 413, 975, 982, 460, 406, 104, 95, 112, 714]);
  expect(words(textsMax, 10, 'ünï')).toEqual([851, 247, 389, 434, 533, 121, 897, 203, 997, 722]);
});

/** Share of the pairs that agree. */
function agreeingPairs(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const agreeing = [...counts.values()].reduce((sum, n) => sum + n * (n - 1), 0);
  return agreeing / (values.length * (values.length - 1));
}

/** Near 1 where all of the 2^bits values come equally often; one in 10^5 is beyond 1 ± 0.2. */
function chiSquarePerDegree(values: readonly number[]): number {
  const counts = new Array<number>(2 ** bits).fill(0);
  for (const value of values) counts[value]!++;
  const expected = values.length / counts.length;
  const sum = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
  return sum / (counts.length - 1);
}
