import { join } from 'node:path';
import { exitCode } from '../core/errors.ts';
import type { KnownCapacities } from '../experiments/load/resolve-load.ts';
import { codeFingerprint } from '../experiments/store/code-fingerprint.ts';
import { type ContentStore, contentStore } from '../experiments/store/content-store.ts';
import { knownCapacities } from '../experiments/store/known-capacities.ts';

/**
 * Where finished runs are kept; undefined for nowhere, which is what --no-store asks for. A store
 * that cannot be written only costs time, and is told of once.
 */
export function openRunStore(option: string | boolean | undefined): ContentStore | undefined {
  const folder = runStoreFolder(option);
  if (folder === undefined) return undefined;
  let isTold = false;
  return contentStore(folder, {
    onDamaged: tellDamaged,
    onUnwritable: (message) => {
      if (!isTold) process.stderr.write(`${message}. Finished runs are not kept.\n`);
      isTold = true;
    },
  });
}

function runStoreFolder(option: string | boolean | undefined): string | undefined {
  if (option === false) return undefined;
  const folder = typeof option === 'string' ? option : process.env['FAIRLEAD_STORE'];
  return folder === '' ? undefined : (folder ?? join('runs', 'store'));
}

export function capacitiesIn(store: ContentStore | undefined): KnownCapacities | undefined {
  return store && knownCapacities(store, codeFingerprint());
}

/** Ctrl-C came before an answer: how far it got, and what is not lost, with what follows. */
export function tellStopped(sentence: string, store: ContentStore | undefined, follows = ''): void {
  const kept = store && ` Runs that have ended are kept in ${store.folder}${follows}.`;
  process.stderr.write(`${sentence}${kept ?? ''}\n`);
  process.exitCode = exitCode.interrupted;
}

export function tellDamaged(message: string): void {
  process.stderr.write(`${message}. It is not used.\n`);
}
