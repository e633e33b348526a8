import { setFlagsFromString } from 'node:v8';

/**
 * For a process that serves requests for weeks; to be called before the first. V8 takes objects
 * that outlive a scavenge while it warms up for long-lived ones, makes their like in the old space
 * from then on, and there each dead request keeps alive what it points to: a fifth of all time went
 * into moving garbage, in pauses of 10 ms. What is left of a scavenge is too little to wake helpers
 * for.
 */
export function tuneHeap(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--no-parallel-scavenge');
}
