import { join } from 'node:path';
import type { KnownCapacities } from '../experiments/load/resolve-load.ts';
import { codeFingerprint } from '../experiments/store/code-fingerprint.ts';
import { type ContentStore, contentStore } from '../experiments/store/content-store.ts';
import { knownCapacities } from '../experiments/store/known-capacities.ts';

/** Where finished runs are kept; undefined for nowhere, which is what --no-store asks for. */
export function runStoreFolder(option: string | boolean | undefined): string | undefined {
  if (option === false) return undefined;
  const folder = typeof option === 'string' ? option : process.env['FAIRLEAD_STORE'];
  return folder === '' ? undefined : (folder ?? join('runs', 'store'));
}

/** A store that cannot be written only costs time, and is told of once. */
export function openRunStore(folder: string): ContentStore {
  let isTold = false;
  return contentStore(folder, {
    onDamaged: tellDamaged,
    onUnwritable: (message) => {
      if (!isTold) process.stderr.write(`${message}. Finished runs are not kept.\n`);
      isTold = true;
    },
  });
}

export function capacitiesIn(store: ContentStore | undefined): KnownCapacities | undefined {
  return store && knownCapacities(store, codeFingerprint());
}

export function tellDamaged(message: string): void {
  process.stderr.write(`${message}. It is not used.\n`);
}
