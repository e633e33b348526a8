/** Tar files consist of blocks: a header, then the content, filled up with zeros. */
export const tarBlock = 512;

/** Where the fields of a header are (POSIX.1-1988, "ustar"). */
export const tarField = {
  name: [0, 100],
  size: [124, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 5],
  prefix: [345, 155],
} as const;

/** Of a regular file; enough for our own reader. */
export function tarHeader(name: string, size: number): Uint8Array {
  const header = new Uint8Array(tarBlock);
  const write = ([at]: readonly [number, number], text: string) =>
    header.set(new TextEncoder().encode(text), at);
  write(tarField.name, name.slice(0, 100));
  write(tarField.size, size.toString(8).padStart(11, '0'));
  write(tarField.type, '0');
  write(tarField.magic, 'ustar');
  write(tarField.checksum, tarChecksum(header).toString(8).padStart(6, '0'));
  return header;
}

export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((tarBlock - (size % tarBlock)) % tarBlock);
}

/** The sum of all bytes, those of the checksum itself taken as blanks. */
export function tarChecksum(header: Uint8Array): number {
  const [at, length] = tarField.checksum;
  let sum = 0;
  for (const [index, byte] of header.entries()) {
    sum += index >= at && index < at + length ? 32 : byte;
  }
  return sum;
}
