import { assert } from '../../core/assert.ts';

const carriageReturn = 13;
const lineFeed = 10;

/** One chunk of chunked coding (RFC 9112, 7.1) in one piece, so that it is one write. */
export function chunkOf(contents: Buffer): Buffer {
  assert(contents.length > 0, 'a chunk of nothing is the end of a body');
  const size = contents.length.toString(16);
  const start = size.length + 2;
  const end = start + contents.length;
  const chunk = Buffer.allocUnsafe(end + 2);
  chunk.write(size, 'latin1');
  chunk[start - 2] = carriageReturn;
  chunk[start - 1] = lineFeed;
  chunk.set(contents, start);
  chunk[end] = carriageReturn;
  chunk[end + 1] = lineFeed;
  return chunk;
}
