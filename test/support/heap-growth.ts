/** For tests whose workers are started with `--expose-gc`. */
export const collectGarbage = globalThis.gc!;

/** Bytes that are more on the heap after it. */
export function heapGrowth(act: () => void): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  act();
  return process.memoryUsage().heapUsed - before;
}
