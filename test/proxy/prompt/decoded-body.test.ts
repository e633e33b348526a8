import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodedBody } from '../../../proxy/prompt/decoded-body.ts';

const plain = Buffer.from(JSON.stringify({ model: 'm', prompt: 'why? '.repeat(5_000) }));
const encodings: readonly [string, Buffer][] = [
  ['gzip', gzipSync(plain)],
  ['X-GZIP', gzipSync(plain)],
  ['deflate', deflateSync(plain)],
  ['deflate', deflateRawSync(plain)],
  [' br ', brotliCompressSync(plain)],
];

describe.each(encodings)('a body in %s', (encoding, body) => {
  test('is what it was before, up to the limit', async () => {
    expect(await decodedBody(body, encoding, plain.length)).toEqual({ kind: 'plain', body: plain });
    expect(await decodedBody(body, encoding, plain.length - 1)).toMatchObject({
      kind: 'too-large',
      message: expect.stringContaining(`${plain.length - 1} bytes`),
    });
  });

  test('is damaged where it is cut short, or something else', async () => {
    for (const other of [body.subarray(0, -5), body.subarray(0, 1), plain, Buffer.alloc(0)]) {
      expect(await decodedBody(other, encoding, 1e6)).toMatchObject({
        kind: 'damaged',
        message: expect.stringContaining(`is not ${encoding.trim().toLowerCase()}`),
      });
    }
  });

  test('gets an answer whatever is wrong with it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), fc.nat(255), async (at, byte) => {
        const other = Buffer.from(body);
        other[at] = byte;
        const { kind } = await decodedBody(other, encoding, 1e6);
        expect(['plain', 'damaged', 'too-large']).toContain(kind);
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});

test.each([undefined, '', 'identity', ' Identity '])(
  'a body in %s is left alone',
  async (encoding) => {
    expect(await decodedBody(plain, encoding, plain.length)).toEqual({
      kind: 'plain',
      body: plain,
    });
    expect(await decodedBody(plain, encoding, 10)).toMatchObject({ kind: 'too-large' });
  },
);

test.each(['zstd', 'compress', 'gzip, br', 'x'.repeat(500)])(
  '%s is not supported',
  async (name) => {
    const decoded = await decodedBody(plain, name, 1e6);
    expect(decoded.kind).toBe('unsupported');
    expect(decoded).toMatchObject({ message: expect.stringMatching(/^.{30,200}$/) });
  },
);

const megabyte = Buffer.alloc(1 << 20);
test.each([
  ['gzip', Buffer.concat(Array.from({ length: 2_000 }, () => gzipSync(megabyte, { level: 1 })))],
  ['br', brotliCompressSync(Buffer.alloc(200 << 20), { params: { 1: 1 } })],
])('a bomb in %s is refused before it takes the memory', async (encoding, bomb) => {
  expect(bomb.length).toBeLessThan(16 << 20);
  const before = process.memoryUsage();
  const decoded = await decodedBody(bomb, encoding, 1 << 20);
  const after = process.memoryUsage();
  expect(decoded.kind).toBe('too-large');
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(8 << 20);
});
