import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockLru } from '../../strategies/shared/block-lru.ts';
import { chainOf, someText } from '../support/chains.ts';

const always = Number.NEGATIVE_INFINITY;

/** The same by a list in the order of use, walked from its beginning. */
class PlainLru {
  readonly held = new Map<number, number>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  insert(hashes: Float64Array, nowUs: number): void {
    for (const hash of hashes.slice(0, this.#capacity).reverse()) {
      if (!this.held.delete(hash) && this.held.size === this.#capacity) {
        this.held.delete(this.held.keys().next().value!);
      }
      this.held.set(hash, nowUs);
    }
  }

  match(hashes: Float64Array, sinceUs: number): number {
    const missing = hashes.findIndex((hash) => !((this.held.get(hash) ?? Number.NaN) >= sinceUs));
    return missing < 0 ? hashes.length : missing;
  }
}

const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('insert' as const), text: someText }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('match' as const), text: someText }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  ),
  { maxLength: 60 },
);

describe('the blocks of one replica', () => {
  test('are those that a plain list would have, however full, and whenever they were used', () => {
    const property = fc.property(acts, fc.integer({ min: 1, max: 40 }), (run, capacity) => {
      const [lru, plain] = [new BlockLru({ capacity }), new PlainLru(capacity)];
      for (const [nowUs, act] of run.entries()) {
        if (act.kind === 'clear') {
          lru.clear();
          plain.held.clear();
          continue;
        }
        const hashes = chainOf(act.text);
        if (act.kind === 'insert') {
          lru.insert(hashes, hashes.length, nowUs);
          plain.insert(hashes, nowUs);
        }
        for (const sinceUs of [always, nowUs - 3]) {
          const found = lru.match(hashes, hashes.length, sinceUs);
          expect(found).toBe(plain.match(hashes, sinceUs));
        }
        expect(lru.size).toBe(plain.held.size);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  test('can be taken out one by one, and the others are found as before', () => {
    const hashes = fc.uniqueArray(fc.maxSafeNat(), { maxLength: 2_000 });
    const property = fc.property(hashes, fc.func(fc.boolean()), (all, goes) => {
      const lru = new BlockLru({ capacity: 2_000 });
      const has = (hash: number) => lru.match(Float64Array.of(hash), 1, always) === 1;
      for (const hash of all) lru.insert(Float64Array.of(hash), 1, 0);
      for (const hash of all) if (goes(hash)) lru.remove(Float64Array.of(hash), 0);
      expect(all.filter(has)).toEqual(all.filter((hash) => !goes(hash)));
      for (const hash of all) lru.remove(Float64Array.of(hash), 0);
      expect([lru.size, all.filter(has)]).toEqual([0, []]);
    });
    fc.assert(property, { seed: 1, numRuns: 50 });
  });

  test('make room for answers, those unused longest first', () => {
    const [older, newer] = [1_000, 2_000].map((first) =>
      chainOf(Array.from({ length: 10 }, (_, block) => first + block)),
    ) as [Float64Array, Float64Array];
    const lru = new BlockLru({ capacity: 100 });
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

  test('of a prompt too long to hold are its beginning', () => {
    const hashes = chainOf(Array.from({ length: 100 }, (_, block) => block));
    const lru = new BlockLru({ capacity: 30 });
    lru.insert(hashes, hashes.length, 0);
    expect(lru.match(hashes, hashes.length, always)).toBe(30);
  });

  test('are found in many thousands of them', () => {
    const prompts = Array.from({ length: 40 }, (_, prompt) =>
      chainOf(Array.from({ length: 1_000 }, (_, block) => (block < 500 ? block : prompt * 2_000))),
    );
    const lru = new BlockLru({ capacity: 20_500 });
    for (const hashes of prompts) lru.insert(hashes, hashes.length, 0);
    expect(lru.size).toBe(20_500);
    for (const hashes of prompts) expect(lru.match(hashes, 1_000, always)).toBe(1_000);
    expect(lru.match(prompts[0]!, 700, always)).toBe(700);
  });

  test('with a stride are matched to within that many, and take as much room', () => {
    const length = fc.integer({ min: 0, max: 300 });
    const stride = fc.integer({ min: 1, max: 20 });
    const property = fc.property(length, length, stride, (shared, own, every) => {
      const text = (owner: number) =>
        Array.from({ length: shared + own }, (_, i) => (i < shared ? i : 1_000 * owner + i));
      const [first, second] = [chainOf(text(1)), chainOf(text(2))];
      const lru = new BlockLru({ capacity: 700, stride: every });
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
