import { readdirSync, readFileSync } from 'node:fs';

const variable = 'FAIRLEAD_TEST_MARK';

/** What a process and all that it starts have in their surroundings, so that they can be found. */
export function markedEnvironment(mark: string): Readonly<Record<string, string>> {
  return { [variable]: mark };
}

/** Command lines of those that still run. */
export function markedProcesses(mark: string): string[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8');
      if (!environment.split('\0').includes(`${variable}=${mark}`)) return [];
      return [readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      // It has just ended, or is somebody else's.
      return [];
    }
  });
}
