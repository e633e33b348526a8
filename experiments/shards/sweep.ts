import { summaryVersion } from '../../reports/summary.ts';
import type { Question } from '../compare.ts';
import { contentKey } from '../store/content-store.ts';
import type { Shard } from './share.ts';

/**
 * What a shard leaves beside its runs, as JSON: the whole question, so that the folders of all
 * shards can be put together where nobody has the scenario file, nor the traces it plays.
 */
export interface Sweep {
  readonly kind: 'sweep';
  readonly schemaVersion: typeof summaryVersion;
  /** Names the code that ran it. */
  readonly code: string;
  readonly question: Question;
  /** Of the question: whoever changes it has other runs in mind than there are. */
  readonly checksum: string;
  readonly shard: Shard;
  /** The command line without its shard and its folder, as a shell has it. */
  readonly command: string;
}

export function sweepOf(options: Pick<Sweep, 'code' | 'command' | 'question' | 'shard'>): Sweep {
  const { code, command, question, shard } = options;
  const checksum = contentKey({ code, question });
  const form = { kind: 'sweep', schemaVersion: summaryVersion } as const;
  return { ...form, code, command, shard, checksum, question };
}

/** Undefined for what is damaged, or was written by a version that has another form of it. */
export function parseSweep(text: string): Sweep | undefined {
  try {
    const sweep = JSON.parse(text) as Sweep;
    const isOurs = sweep.kind === 'sweep' && sweep.schemaVersion === summaryVersion;
    const { checksum, code, question } = sweep;
    return isOurs && contentKey({ code, question }) === checksum ? sweep : undefined;
  } catch {
    return undefined;
  }
}
