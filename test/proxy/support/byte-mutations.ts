import { type Random, randomIndex } from '../../../core/random.ts';

/** One to four changes that know nothing of what the bytes mean. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let changed = bytes;
  for (let left = 1 + randomIndex(random, 4); left > 0; left--)
    changed = mutateOnce(changed, random);
  return changed;
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[randomIndex(random, from.length)]!;
}

/** In pieces of any size, as networks deliver them. */
export function split(bytes: Buffer, random: Random, mostPieces: number): Buffer[] {
  const cuts = Array.from({ length: randomIndex(random, mostPieces) }, () =>
    randomIndex(random, bytes.length + 1),
  );
  const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  return edges
    .slice(1)
    .map((end, index) => bytes.subarray(edges[index]!, end))
    .filter((piece) => piece.length > 0);
}

const nasty = ['\r', '\n', '\r\n', '\r\n\r\n', '\0', ':', ' ', '\t', '\x7f', '\xff', '\xc0\xaf']
  .concat(['0', '-1', 'ffffffff', '1e9', ',', ';', '"', '{', '[', '%00', '..', 'HTTP/1.1', '\x1b'])
  .map((text) => Buffer.from(text, 'latin1'));

function mutateOnce(bytes: Buffer, random: Random): Buffer {
  const at = randomIndex(random, bytes.length + 1);
  const length = Math.min(bytes.length - at, 1 + randomIndex(random, 8));
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(at + length);
  const cut = bytes.subarray(at, at + length);
  switch (randomIndex(random, 6)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, cut, cut, after]);
    case 2:
      return Buffer.concat([before, pick(random, nasty), cut, after]);
    case 3:
      return Buffer.concat([before, pick(random, nasty), after]);
    case 4:
      return Buffer.concat([
        before,
        Buffer.from(cut).map((byte) => byte ^ (1 << randomIndex(random, 8))),
        after,
      ]);
    default:
      return Buffer.concat([before, Buffer.from(cut).reverse(), after]);
  }
}
