import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PromptLru } from '../../strategies/shared/prompt-lru.ts';
import { chainOf, someText } from '../support/chains.ts';
import { PlainLru } from '../support/plain-lru.ts';

const always = Number.NEGATIVE_INFINITY;

/** Each word is many blocks long, so that strides and searches have something to do. */
const longText = fc
  .tuple(someText, fc.constantFrom(1, 10, 40))
  .map(([words, each]) => words.flatMap((word) => new Array<number>(each).fill(word)));

const acts = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('insert' as const), text: longText }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('match' as const), text: longText }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('occupy' as const),
        blocks: fc.integer({ min: 1, max: 150 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  ),
  { maxLength: 80 },
);

describe('the prompts of one replica', () => {
  test('are those that a plain list of blocks would have, however full, and whenever used', () => {
    const capacities = fc.oneof(fc.integer({ min: 8, max: 60 }), fc.integer({ min: 60, max: 900 }));
    const property = fc.property(
      acts,
      capacities,
      fc.integer({ min: 1, max: 8 }),
      (run, capacity, stride) => {
        const [lru, plain] = [
          new PromptLru({ capacity, stride }),
          new PlainLru(capacity, stride),
        ] as const;
        for (const [nowUs, act] of run.entries()) {
          if (act.kind === 'clear') {
            lru.clear();
            plain.clear();
          } else if (act.kind === 'occupy') {
            lru.occupy(act.blocks, nowUs);
            plain.occupy(act.blocks, nowUs);
          } else {
            const hashes = chainOf(act.text);
            if (act.kind === 'insert') {
              lru.insert(hashes, hashes.length, nowUs);
              plain.insert(hashes, nowUs);
            }
            for (const sinceUs of [always, nowUs - 3]) {
              const found = lru.match(hashes, hashes.length, sinceUs);
              expect(found).toBe(plain.match(hashes, sinceUs));
            }
          }
          expect(lru.size).toBe(plain.size);
        }
      },
    );
    fc.assert(property, { seed: 1, numRuns: 1_500 });
  });

  test('make room for answers, those unused longest first', () => {
    const [older, newer] = [1_000, 2_000].map((first) =>
      chainOf(Array.from({ length: 10 }, (_, block) => first + block)),
    ) as [Float64Array, Float64Array];
    const lru = new PromptLru({ capacity: 100, stride: 1 });
    lru.insert(older, 10, 0);
    lru.insert(newer, 10, 1);
    lru.occupy(85, 2);
    expect(lru.size).toBe(100);
    expect(lru.match(older, 10, always)).toBe(5);
    expect(lru.match(newer, 10, always)).toBe(10);
    lru.occupy(1_000, 3);
    expect(lru.size).toBe(100);
    expect(lru.match(newer, 10, always)).toBe(0);
    lru.insert(older, 10, 4);
    expect(lru.match(older, 10, always)).toBe(10);
  });

  test('that are too long to hold are held in part', () => {
    const hashes = chainOf(Array.from({ length: 100 }, (_, block) => block));
    const lru = new PromptLru({ capacity: 30, stride: 8 });
    lru.insert(hashes, hashes.length, 0);
    expect(lru.match(hashes, hashes.length, always)).toBe(30);
  });

  test('are found after thousands of others have gone', () => {
    const promptOf = (id: number) =>
      chainOf(Array.from({ length: 1_000 }, (_, block) => (block < 500 ? block : id * 2_000)));
    const lru = new PromptLru({ capacity: 20_500, stride: 1 });
    for (let id = 0; id < 3_000; id++) lru.insert(promptOf(id), 1_000, id);
    expect(lru.size).toBe(20_500);
    for (let id = 2_960; id < 3_000; id++)
      expect(lru.match(promptOf(id), 1_000, always)).toBe(1_000);
    expect(lru.match(promptOf(2_959), 1_000, always)).toBe(500);
    expect(lru.match(promptOf(2_999), 700, always)).toBe(700);
  });

  test('with a stride are matched to within that many, and take as much room', () => {
    const length = fc.integer({ min: 0, max: 300 });
    const stride = fc.integer({ min: 1, max: 20 });
    const property = fc.property(length, length, stride, (shared, own, every) => {
      const text = (owner: number) =>
        Array.from({ length: shared + own }, (_, i) => (i < shared ? i : 1_000 * owner + i));
      const [first, second] = [chainOf(text(1)), chainOf(text(2))];
      const lru = new PromptLru({ capacity: 700, stride: every });
      lru.insert(first, first.length, 0);
      const found = lru.match(second, second.length, always);
      expect(found).toBeLessThanOrEqual(own === 0 ? shared + own : shared);
      expect(found).toBeGreaterThan((own === 0 ? shared + own : shared) - Math.max(1, every));
      if (shared <= 32) expect(found).toBe(own === 0 ? first.length : shared);
      expect(Math.abs(lru.size - first.length)).toBeLessThan(Math.max(1, every));
      for (let id = 3; id < 9; id++) lru.insert(chainOf(text(id)), first.length, id);
      expect(lru.size).toBeLessThanOrEqual(700);
      // Whoever came last is all there, to its end.
      const last = lru.match(chainOf(text(8)), first.length, always);
      expect(last).toBeGreaterThan(first.length - Math.max(1, every));
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
