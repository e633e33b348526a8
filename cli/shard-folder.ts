import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FairleadError } from '../core/errors.ts';
import type { ShardFolder } from '../experiments/shards/merge.ts';
import { parseSweep } from '../experiments/shards/sweep.ts';
import { type ContentStore, contentStore } from '../experiments/store/content-store.ts';
import { tellDamaged } from './run-store.ts';

export const sweepFile = 'sweep.json';

/** What a shard leaves is its result: where it cannot be written, there is no use in going on. */
export function openShardStore(folder: string): ContentStore {
  return contentStore(join(folder, 'runs'), {
    onDamaged: tellDamaged,
    onUnwritable: (message) => {
      const advice = 'Make room, or choose another place with --out; what is there is kept.';
      throw new FairleadError('OUTPUT_NOT_WRITABLE', `${message}. ${advice}`);
    },
  });
}

export function readShard(path: string): ShardFolder {
  const file = join(path, sweepFile);
  if (!existsSync(file)) {
    const message = `${file} is missing: no shard was begun there. Give the folders that "fairlead compare … --shard" wrote to.`;
    throw new FairleadError('RUN_NOT_FOUND', message);
  }
  const sweep = parseSweep(readFileSync(file, 'utf8'));
  if (sweep === undefined) {
    const message = `${file}: damaged, or written by another version. Run the shard again; its runs are kept.`;
    throw new FairleadError('RUN_UNREADABLE', message);
  }
  return { path, sweep, store: openShardStore(path) };
}
