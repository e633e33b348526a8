import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkOf } from '../../../proxy/client/chunk-of.ts';
import { contentsOf } from '../../../proxy/upstream/chunk-frames.ts';

test('what is put into a chunk is what a strict reader takes out of it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), (bytes) => {
      expect(contentsOf(chunkOf(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
    }),
  );
});
