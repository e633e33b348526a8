import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockLru } from '../../strategies/shared/block-lru.ts';
import { chainOf, someText } from '../support/chains.ts';
import { PlainLru } from '../support/plain-lru.ts';

const always = Number.NEGATIVE_INFINITY;

const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('insert' as const), text: someText }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('match' as const), text: someText }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  ),
  { maxLength: 60 },
);

describe('the blocks that one replica has told', () => {
  test('are those that a plain list would have, however full', () => {
    const property = fc.property(acts, fc.integer({ min: 1, max: 40 }), (run, capacity) => {
      const [lru, plain] = [new BlockLru(capacity), new PlainLru(capacity)];
      for (const act of run) {
        if (act.kind === 'clear') {
          lru.clear();
          plain.clear();
          continue;
        }
        const hashes = chainOf(act.text);
        if (act.kind === 'insert') {
          lru.insert(hashes);
          plain.insert(hashes, 0);
        }
        expect(lru.match(hashes)).toBe(plain.match(hashes, always));
        expect(lru.size).toBe(plain.size);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  test('can be taken out one by one, and the others are found as before', () => {
    const hashes = fc.uniqueArray(fc.maxSafeNat(), { maxLength: 2_000 });
    const property = fc.property(hashes, fc.func(fc.boolean()), (all, goes) => {
      const lru = new BlockLru(2_000);
      const has = (hash: number) => lru.match(Float64Array.of(hash)) === 1;
      for (const hash of all) lru.insert(Float64Array.of(hash));
      for (const hash of all) if (goes(hash)) lru.remove(Float64Array.of(hash));
      expect(all.filter(has)).toEqual(all.filter((hash) => !goes(hash)));
      lru.remove(Float64Array.from(all));
      expect([lru.size, all.filter(has)]).toEqual([0, []]);
    });
    fc.assert(property, { seed: 1, numRuns: 50 });
  });

  test('of a prompt too long to hold are its beginning', () => {
    const hashes = chainOf(Array.from({ length: 100 }, (_, block) => block));
    const lru = new BlockLru(30);
    lru.insert(hashes);
    expect(lru.match(hashes)).toBe(30);
  });

  test('are found in many thousands of them', () => {
    const prompts = Array.from({ length: 40 }, (_, prompt) =>
      chainOf(Array.from({ length: 1_000 }, (_, block) => (block < 500 ? block : prompt * 2_000))),
    );
    const lru = new BlockLru(20_500);
    for (const hashes of prompts) lru.insert(hashes);
    expect(lru.size).toBe(20_500);
    for (const hashes of prompts) expect(lru.match(hashes)).toBe(1_000);
    expect(lru.match(prompts[0]!.subarray(0, 700))).toBe(700);
  });
});
