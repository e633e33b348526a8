import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
// What is compiled together must not depend on how busy the machine is: numbers are boxed between
// functions that are not.
setFlagsFromString('--no-concurrent-recompilation');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are more on the heap after it. */
export function heapGrowth(act: () => void): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  act();
  return process.memoryUsage().heapUsed - before;
}
