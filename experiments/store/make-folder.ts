import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** One by one: where none can be made, as under /proc, the recursive way of Node never ends. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else may have made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
