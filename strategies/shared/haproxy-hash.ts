/** The default hash function of HAProxy (`hash_sdbm`), as a signed number. */
export function sdbm(bytes: Uint8Array, length: number): number {
  let hash = 0;
  for (let i = 0; i < length; i++) hash = (bytes[i]! + (hash << 6) + (hash << 16) - hash) | 0;
  return hash;
}

/**
 * `full_hash` of HAProxy, which is Bob Jenkins' hash of a whole number: it spreads the nodes of a
 * ring, and the keys of a consistent hash after their hash function ("avalanche").
 */
export function avalanche(value: number): number {
  let a = value | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = ((a + 0xd3a2646c) ^ (a << 9)) | 0;
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 3_221_225_473);
}
