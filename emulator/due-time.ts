/**
 * When to wake next, shared between two threads: a version that changes with each due time, whole
 * seconds, and microseconds. Only one thread writes.
 */
export type DueTime = Int32Array;

export function createDueTime(): DueTime {
  return new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
}

export function writeDue(due: DueTime, atMs: number): void {
  const us = Math.ceil(atMs * 1_000);
  // Odd while it is being written.
  Atomics.add(due, 0, 1);
  Atomics.store(due, 1, Math.floor(us / 1_000_000));
  Atomics.store(due, 2, us % 1_000_000);
  Atomics.add(due, 0, 1);
  Atomics.notify(due, 0);
}

export function readDue(due: DueTime): { readonly atMs: number; readonly version: number } {
  for (;;) {
    const version = Atomics.load(due, 0);
    const atMs = Atomics.load(due, 1) * 1_000 + Atomics.load(due, 2) / 1_000;
    // Nothing is due before anything was written.
    if (version === 0) Atomics.wait(due, 0, 0);
    else if (version % 2 === 0 && Atomics.load(due, 0) === version) return { atMs, version };
  }
}

/** The same in all threads of a process, which `performance.now()` is not. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
