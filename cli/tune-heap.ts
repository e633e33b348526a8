import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/**
 * For a process that serves requests for weeks; to be called before the first.
 *
 * V8 takes objects that outlive a scavenge while it warms up for long-lived ones, makes their like
 * in the old space from then on, and there each dead request keeps alive what it points to: a fifth
 * of all time went into moving garbage, in pauses of 10 ms. What is left of a scavenge is too
 * little to wake helpers for.
 *
 * Streams live for seconds, so they do get old, and a heap of 30 MB that may only grow by a tenth
 * was marked every two seconds, for 70 ms each time. Four times as large it is marked once in half
 * a minute; and where the process has one core, the threads that mark would take turns with the
 * proxy, so it marks by itself, in steps of a millisecond. Of 400 streams of 50 tokens a second on
 * one core the 99th percentile of delays came from 40 ms to 6.
 */
export function tuneHeap(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--heap-growing-percent=300');
  if (availableParallelism() === 1) setFlagsFromString('--no-concurrent-marking');
}
