import { expect, test } from 'vitest';
import { drawLengths } from '../../support/lengths.ts';

test('constant lengths are all alike, with any seed', () => {
  for (const seed of [1, 2, 3]) {
    const lengths = drawLengths({ kind: 'constant', tokens: 512 }, { seed, count: 100 });
    expect(new Set(lengths)).toEqual(new Set([512]));
  }
});
