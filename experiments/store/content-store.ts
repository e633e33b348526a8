import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../run-id.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Answers under the hash of their question: `<2 hex>/<hash>.json` in a folder. Questions and
 * answers are plain JSON. Several processes may write to one folder, and any of them may be killed
 * at any time: what is read is either whole or not there.
 */
export interface ContentStore {
  readonly folder: string;
  /** What was kept; undefined where there is nothing that can be trusted. */
  get(key: string): unknown;
  put(key: string, value: unknown): void;
}

export interface ContentStoreOptions {
  /** Of an entry that cannot be trusted, and will be made again. */
  readonly onDamaged: (message: string) => void;
  /** Of an entry that could not be kept. */
  readonly onUnwritable: (message: string) => void;
}

interface Entry {
  readonly key: string;
  /** Of the value as JSON, whose text is the same again once it was read. */
  readonly checksum: string;
  readonly value: unknown;
}

export function contentStore(folder: string, options: ContentStoreOptions): ContentStore {
  return {
    folder,
    get(key) {
      const path = entryPath(folder, key);
      const read = readEntry(path, key);
      if ('value' in read) return read.value;
      if (read.problem !== undefined) options.onDamaged(`${path}: ${read.problem}`);
      return undefined;
    },
    put(key, value) {
      const path = entryPath(folder, key);
      try {
        writeEntry(path, { key, checksum: checksumOf(value), value });
      } catch (error) {
        options.onUnwritable(`${path}: ${(error as Error).message}`);
      }
    },
  };
}

/** Of a question in plain JSON, whatever the order of its keys. */
export function contentKey(question: unknown): string {
  return createHash('sha256').update(canonicalJson(question)).digest('hex');
}

function entryPath(folder: string, key: string): string {
  return join(folder, key.slice(0, 2), `${key}.json`);
}

/** Anything but what `put` has written under this very key is refused, down to a changed digit. */
function readEntry(path: string, key: string): { value: unknown } | { problem?: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? {} : { problem: message };
  }
  try {
    const entry = JSON.parse(text) as Entry | null;
    if (entry?.key !== key) return { problem: 'it answers another question' };
    if (entry.checksum === checksumOf(entry.value)) return { value: entry.value };
    return { problem: 'its checksum is wrong' };
  } catch {
    return { problem: 'it is damaged' };
  }
}

/**
 * Under a name that no other process has, on no machine, and then renamed. It is not waited for the
 * disk: should the power fail, the checksum tells what was lost, and that is made again.
 */
function writeEntry(path: string, entry: Entry): void {
  const temporary = `${path}.${randomUUID()}.part`;
  makeFolder(dirname(path));
  try {
    writeFileSync(temporary, `${JSON.stringify(entry)}\n`);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function checksumOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')
    .slice(0, 32);
}
