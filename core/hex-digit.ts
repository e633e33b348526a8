/** What an ASCII byte counts as a hexadecimal digit; -1 for what is none. */
export function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lowerCase = byte | 32;
  return lowerCase >= 97 && lowerCase <= 102 ? lowerCase - 87 : -1;
}
