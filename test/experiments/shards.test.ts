import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shardOfEach } from '../../experiments/shards/share.ts';
import { contentKey } from '../../experiments/store/content-store.ts';

const keys = fc
  .uniqueArray(fc.nat(), { maxLength: 200 })
  .map((numbers) => numbers.map((number) => contentKey(number)));
const shards = fc.integer({ min: 1, max: 40 });

test('every run is in exactly one shard, and no shard has two more than another', () => {
  fc.assert(
    fc.property(keys, shards, (all, of) => {
      const shardOf = shardOfEach(all, of);
      expect([...shardOf.keys()].sort()).toEqual(all.toSorted());
      const sizes = Array.from({ length: of }, () => 0);
      for (const index of shardOf.values()) sizes[index - 1]! += 1;
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('it does not matter in which order or how often runs are listed', () => {
  fc.assert(
    fc.property(keys, shards, (all, of) => {
      const again = shardOfEach([...all.toReversed(), ...all], of);
      expect([...again].sort()).toEqual([...shardOfEach(all, of)].sort());
    }),
  );
});
