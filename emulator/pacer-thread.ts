import { parentPort, workerData } from 'node:worker_threads';
import { type DueTime, monotonicMs, readDue } from './due-time.ts';

// Sleeps until the due time and says so: a thread that does nothing else wakes within some tens of
// microseconds, where a timer of the event loop may be late by a millisecond.

const due = workerData as DueTime;

for (;;) {
  const { atMs, version } = readDue(due);
  const leftMs = atMs - monotonicMs();
  if (leftMs > 0) {
    // Wakes early when there is another due time.
    Atomics.wait(due, 0, version, leftMs);
    continue;
  }
  parentPort!.postMessage(undefined);
  Atomics.wait(due, 0, version);
}
