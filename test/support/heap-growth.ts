import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
// What is compiled together must not depend on how busy the machine is: numbers are boxed between
// functions that are not.
setFlagsFromString('--no-concurrent-recompilation');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * The least that the heap grew by in several rounds: the first run unoptimised code, which boxes
 * every number a call returns, and on a busy machine optimised code is long in coming. Ends as soon
 * as a round stays below the limit.
 */
export function leastHeapGrowth(limitBytes: number, act: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 60 && least >= limitBytes; round++) {
    least = Math.min(least, heapGrowth(act));
  }
  return least;
}

/** Bytes that are more on the heap after it. */
function heapGrowth(act: () => void): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  act();
  return process.memoryUsage().heapUsed - before;
}
