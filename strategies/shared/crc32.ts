const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

/** The check sum of zip and Ethernet, as a signed number; `before` is what came first, if any. */
export function crc32(bytes: Uint8Array, length = bytes.length, before = 0): number {
  let rest = ~before;
  for (let i = 0; i < length; i++) rest = table[(rest ^ bytes[i]!) & 0xff]! ^ (rest >>> 8);
  return ~rest;
}
