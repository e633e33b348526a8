import { expect, test } from 'vitest';
import { crc32 } from '../../../strategies/shared/crc32.ts';
import { fnv1a, mix32 } from '../../../strategies/shared/fnv1a.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

// The check value of the catalogue of parametrised CRC algorithms, and of zlib's manual.
test('crc32 is that of zip, and goes on from a part', () => {
  expect(crc32(bytesOf('123456789')) >>> 0).toBe(0xcbf43926);
  expect(crc32(bytesOf('6789'), 4, crc32(bytesOf('12345'))) >>> 0).toBe(0xcbf43926);
  expect(crc32(bytesOf(''))).toBe(0);
});

// From the test suite of its authors, Fowler, Noll and Vo.
test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('fnv1a of "%s" is as published', (text, hash) => {
  expect(fnv1a(bytesOf(text)) >>> 0).toBe(hash);
  expect(fnv1a(bytesOf(text.slice(2)), undefined, fnv1a(bytesOf(text.slice(0, 2)))) >>> 0).toBe(
    hash,
  );
});

test('mix32 is the finaliser of MurmurHash3', () => {
  expect([0, 1, 2].map((value) => mix32(value) >>> 0)).toEqual([0, 0x514e28b7, 0x30f4c306]);
});

test('mix32 changes half of the bits when one changes', () => {
  let changed = 0;
  for (let value = 0; value < 1_000; value++) {
    for (let bit = 0; bit < 32; bit++) {
      let difference = mix32(value) ^ mix32(value ^ (1 << bit));
      for (; difference !== 0; difference &= difference - 1) changed += 1;
    }
  }
  expect(Math.abs(changed / 1_000 / 32 - 16)).toBeLessThan(0.1);
});
