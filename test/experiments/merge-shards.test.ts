import { expect, test } from 'vitest';
import {
  compare,
  comparisonOf,
  type Question,
  questionOf,
  tasksOf,
} from '../../experiments/compare.ts';
import { runAll } from '../../experiments/executor.ts';
import { mergeShards, type ShardFolder } from '../../experiments/shards/merge.ts';
import { parseSweep, sweepOf } from '../../experiments/shards/sweep.ts';
import { runKeys } from '../../experiments/store/run-key.ts';
import { threadExecutor } from '../../experiments/thread-executor.ts';
import { libraryNames } from '../../scenarios/library.ts';
import { smallScenario, writtenScenario } from '../support/scenarios.ts';

const question: Question = questionOf({
  scenario: smallScenario(),
  strategies: ['random', 'least-requests'].map((name) => ({ name, options: {} })),
  seeds: [1, 2],
  by: 'ttftP99Ms',
  version: 'test',
});
const tasks = tasksOf(question);
const keys = runKeys(tasks, 'code');
const summaries = await runAll(tasks, threadExecutor());
const command = 'fairlead compare small.yaml';

interface FolderOptions {
  readonly path?: string;
  readonly asked?: Question;
  readonly code?: string;
  readonly has?: readonly number[];
  readonly change?: (value: unknown) => unknown;
}

function shardFolder(options: FolderOptions = {}): ShardFolder {
  const {
    asked = question,
    change = (value) => value,
    code = 'code',
    has = [0, 1, 2, 3],
  } = options;
  const sweep = sweepOf({ code, question: asked, command, shard: { index: 1, of: 2 } });
  const known = new Map(has.map((index) => [keys[index]!, change(summaries[index])]));
  const folder = options.path ?? 'a';
  const store = { folder, get: (key: string) => known.get(key), put: () => {} };
  return { path: folder, sweep: parseSweep(JSON.stringify(sweep))!, store };
}

test('folders in any order, that have runs in common, give what one process gives', async () => {
  const parts = [[0, 1, 2], [2], [3, 0]].map((has) => shardFolder({ has }));
  for (const folders of [parts, parts.toReversed()]) {
    const merged = mergeShards(folders, 'code');
    const result = comparisonOf(merged.question, merged.summaries);
    expect(JSON.stringify(result)).toBe(JSON.stringify(await compare(question)));
  }
});

test('a missing run is named, with the command that makes it', () => {
  const folders = [shardFolder({ has: [0, 1] }), shardFolder({ path: 'b c', has: [2] })];
  const missing = () => mergeShards(folders, 'code');
  expect(missing).toThrow('Of 4 runs 1 is missing.');
  expect(missing).toThrow('1 run: least-requests seed 2');
  expect(missing).toThrow(/fairlead compare small\.yaml --shard ([12])\/2 --out (a|shard-2)$/m);
});

test('a run with two results is a fault that is told, and not a matter of who comes first', () => {
  const change = (value: unknown) => ({ ...(value as object), saturated: true });
  const folders = [shardFolder(), shardFolder({ path: 'b', has: [2], change })];
  const merge = () => mergeShards(folders, 'code');
  expect(merge).toThrow('random seed 2: a and b hold different results of this run.');
});

test('shards of another question or another code are refused', () => {
  const asked = { ...question, seeds: [1, 3] };
  const different = [shardFolder(), shardFolder({ path: 'b', asked })];
  expect(() => mergeShards(different, 'code')).toThrow('a and b are shards of different questions');
  const mixed = [shardFolder(), shardFolder({ path: 'b', code: 'other' })];
  expect(() => mergeShards(mixed, 'code')).toThrow('of different versions of Fairlead');
  expect(() => mergeShards([shardFolder()], 'new')).toThrow('made by another version');
});

test.each(libraryNames())('the question of %s is the same after a way through a file', (name) => {
  const asked = { ...question, scenario: writtenScenario(name) };
  const sweep = sweepOf({ code: 'code', question: asked, command, shard: { index: 1, of: 2 } });
  const text = JSON.stringify(sweep);
  expect(JSON.stringify(parseSweep(text))).toBe(text);
  expect(parseSweep(text.replace('"seeds":[1,2]', '"seeds":[1,3]'))).toBeUndefined();
  expect(parseSweep(text.slice(0, -9))).toBeUndefined();
});
