import fc from 'fast-check';

/** A number of 53 bits for each beginning of a text: what a gateway makes of a prompt. */
export function chainOf(text: readonly number[]): Float64Array {
  let hash = 0;
  return Float64Array.from(text, (token) => {
    hash = (Math.imul(hash ^ (token + 1), 0x9e3779b1) ^ (hash >>> 7)) >>> 0;
    // Only the upper bits differ in one of four, and only the lower ones in the others.
    return hash % 4 === 0 ? hash * 2 ** 21 : hash;
  });
}

/** Texts that often begin alike. */
export const someText = fc.array(fc.nat(2), { maxLength: 12 });
