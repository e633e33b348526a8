import { FairleadError } from '../../core/errors.ts';
import { countOf } from '../../reports/format.ts';
import type { RunSummary } from '../../reports/summary.ts';
import { type Question, tasksOf } from '../compare.ts';
import type { RunTask } from '../run-task.ts';
import { shellWord } from '../shell-word.ts';
import { type ContentStore, contentKey } from '../store/content-store.ts';
import { runKeys } from '../store/run-key.ts';
import { shardOfEach } from './share.ts';
import type { Sweep } from './sweep.ts';

/** What a shard has left in its folder. */
export interface ShardFolder {
  readonly path: string;
  readonly sweep: Sweep;
  readonly store: ContentStore;
}

export interface MergedRuns {
  readonly question: Question;
  /** In the order of the tasks, and complete. */
  readonly summaries: readonly RunSummary[];
}

/**
 * Puts the runs of all shards together, as if one process had made them. A run may be in several
 * folders, but then it is the same in all; and one that is in none is named with the command that
 * makes it.
 */
export function mergeShards(folders: readonly ShardFolder[], code: string): MergedRuns {
  const [first, ...others] = folders as [ShardFolder, ...ShardFolder[]];
  const stranger = others.find(({ sweep }) => sweep.checksum !== first.sweep.checksum);
  if (stranger !== undefined) {
    const reason = stranger.sweep.code === first.sweep.code ? 'questions' : 'versions of Fairlead';
    const message = `${first.path} and ${stranger.path} are shards of different ${reason}. Merge those that the same command has made, but for its --shard.`;
    throw new FairleadError('SHARDS_DIFFER', message);
  }
  if (first.sweep.code !== code) {
    const message = `${first.path} was made by another version of Fairlead (its code is ${first.sweep.code.slice(0, 12)}, this is ${code.slice(0, 12)}). Merge with that version, or run the shards again.`;
    throw new FairleadError('SHARDS_DIFFER', message);
  }
  const { question } = first.sweep;
  const tasks = tasksOf(question);
  const keys = runKeys(tasks, code);
  const known = new Map<string, RunSummary | undefined>();
  for (const [index, key] of keys.entries()) {
    if (!known.has(key)) known.set(key, findRun(folders, key, tasks[index]!));
  }
  const summaries = keys.map((key) => known.get(key));
  if (summaries.includes(undefined)) refuseMissing(folders, tasks, keys, known);
  return { question, summaries: summaries as RunSummary[] };
}

function findRun(
  folders: readonly ShardFolder[],
  key: string,
  task: RunTask,
): RunSummary | undefined {
  const found = folders.flatMap(({ path, store }) => {
    const summary = store.get(key) as RunSummary | undefined;
    return summary === undefined ? [] : [{ path, summary, text: contentKey(summary) }];
  });
  const other = found.find(({ text }) => text !== found[0]!.text);
  if (other !== undefined) {
    const message = `${nameOf(task)}: ${found[0]!.path} and ${other.path} hold different results of this run. A run has one result, so this is a fault of Fairlead or of a machine: please report it with both folders.`;
    throw new FairleadError('RUNS_DIFFER', message);
  }
  return found[0]?.summary;
}

const mostNamed = 3;

function refuseMissing(
  folders: readonly ShardFolder[],
  tasks: readonly RunTask[],
  keys: readonly string[],
  known: ReadonlyMap<string, RunSummary | undefined>,
): never {
  const { command, shard } = folders[0]!.sweep;
  const shardOf = shardOfEach(keys, shard.of);
  const missing = new Map<number, string[]>();
  for (const [index, key] of keys.entries()) {
    if (known.get(key) !== undefined) continue;
    const shard = shardOf.get(key)!;
    missing.set(shard, [...(missing.get(shard) ?? []), nameOf(tasks[index]!)]);
  }
  const count = [...missing.values()].reduce((sum, names) => sum + names.length, 0);
  const lines = [...missing]
    .sort(([a], [b]) => a - b)
    .flatMap(([index, names]) => {
      const more = names.length > mostNamed ? ', …' : '';
      const named = `${countOf(names.length, 'run')}: ${names.slice(0, mostNamed).join(', ')}${more}`;
      const out = folderFor(folders, index, shard.of);
      return [`  ${named}`, `    ${command} --shard ${index}/${shard.of} --out ${shellWord(out)}`];
    });
  const message = `Of ${countOf(tasks.length, 'run')} ${count} ${count === 1 ? 'is' : 'are'} missing. Make them, then merge again with their folders:\n${lines.join('\n')}\n`;
  throw new FairleadError('RUNS_MISSING', message);
}

/** Where this shard was going to put them, or a new folder. */
function folderFor(folders: readonly ShardFolder[], index: number, of: number): string {
  const own = folders.find(({ sweep: { shard } }) => shard.index === index && shard.of === of);
  const shared = folders.length === 1 ? folders[0] : undefined;
  return (own ?? shared)?.path ?? `shard-${index}`;
}

function nameOf({ seed, strategy }: RunTask): string {
  const options = Object.keys(strategy.options).length;
  return `${strategy.name}${options > 0 ? ` ${JSON.stringify(strategy.options)}` : ''} seed ${seed}`;
}
