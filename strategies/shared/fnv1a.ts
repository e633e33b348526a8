const basis = 0x811c9dc5 | 0;
const prime = 0x01000193;

/**
 * FNV-1a in 32 bits, and so a signed whole number, which is never boxed. It goes on from a state,
 * so that the hash of two texts in a row needs no copy of them.
 */
export function fnv1a(bytes: Uint8Array, length = bytes.length, state = basis): number {
  let hash = state;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[i]!, prime);
  return hash;
}

/**
 * The finaliser of MurmurHash3: every bit of the input changes half of the output. FNV alone leaves
 * the high bits of similar texts alike, and it is by these that a ring is ordered.
 */
export function mix32(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
