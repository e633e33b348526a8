import { join } from 'node:path';
import { exitCode } from '../core/errors.ts';
import { type Question, questionOf, tasksOf } from '../experiments/compare.ts';
import { runAll } from '../experiments/executor.ts';
import { runId } from '../experiments/run-id.ts';
import { type Shard, shardOfEach } from '../experiments/shards/share.ts';
import { sweepOf } from '../experiments/shards/sweep.ts';
import { codeFingerprint } from '../experiments/store/code-fingerprint.ts';
import { runKeys } from '../experiments/store/run-key.ts';
import { countOf } from '../reports/format.ts';
import { printJson } from './print-json.ts';
import { writeFile } from './run-folder.ts';
import { commandWithout } from './run-meta.ts';
import { capacitiesIn } from './run-store.ts';
import { runWatched } from './run-watched.ts';
import { openShardStore, sweepFile } from './shard-folder.ts';

export interface RunShardOptions {
  readonly shard: Shard;
  readonly json?: true | undefined;
  readonly out?: string | undefined;
  readonly threads?: number | undefined;
}

/** Makes the runs of one shard in a folder that says of itself what they are part of. */
export async function runShard(asked: Question, options: RunShardOptions): Promise<void> {
  const { shard, threads } = options;
  const folder = options.out ?? join('runs', `${asked.scenario.name}-${runId(asked)}-shards`);
  const store = openShardStore(folder);
  const question = questionOf({ ...asked, capacities: capacitiesIn(store) });
  const code = codeFingerprint();
  const command = commandWithout(['--shard', '-o', '--out']);
  const sweep = sweepOf({ code, command, question, shard });
  writeFile(join(folder, sweepFile), `${JSON.stringify(sweep)}\n`);
  const tasks = tasksOf(question);
  const keys = runKeys(tasks, code);
  const shards = shardOfEach(keys, shard.of);
  const own = tasks.filter((_task, index) => shards.get(keys[index]!) === shard.index);
  const summaries = await runWatched({ store, threads }, ({ executor, signal }) =>
    runAll(own, executor, { signal }),
  );
  const done = summaries.filter((summary) => summary !== undefined).length;
  const elsewhere = tasks.length - own.length;
  if (done < own.length) process.exitCode = exitCode.interrupted;
  if (options.json) {
    const missing = own.length - done;
    printJson({ kind: 'shard', folder, shard, runs: own.length, done, missing, elsewhere });
    return;
  }
  process.stderr.write(
    `Shard ${shard.index}/${shard.of}: ${done} of ${countOf(own.length, 'run')} are in ${folder}; the other shards have ${elsewhere}. ${whatNext(done < own.length)}\n`,
  );
}

function whatNext(isInterrupted: boolean): string {
  return isInterrupted
    ? 'The same command goes on from here.'
    : 'When all are there: fairlead report merge <folder…> --out <folder>';
}
