import { expect, test } from 'vitest';
import { type Executor, runAll } from '../../../experiments/executor.ts';
import type { RunTask } from '../../../experiments/run-task.ts';
import { contentStore } from '../../../experiments/store/content-store.ts';
import { storedExecutor } from '../../../experiments/store/stored-executor.ts';
import { threadExecutor } from '../../../experiments/thread-executor.ts';
import { smallScenario } from '../../support/scenarios.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const scenario = smallScenario();

function tasksOf(names: readonly string[], seeds: readonly number[]): RunTask[] {
  return names.flatMap((name) =>
    seeds.map((seed) => ({ scenario, strategy: { name, options: {} }, seed })),
  );
}

function countingStore(folder = temporaryFolder(), onSummary = () => {}) {
  const executed: RunTask[] = [];
  const found: number[] = [];
  const counting: Executor = {
    execute: (tasks, options) => {
      executed.push(...tasks);
      return threadExecutor().execute(tasks, {
        ...options,
        onSummary: (index, summary) => {
          options.onSummary(index, summary);
          onSummary();
        },
      });
    },
  };
  const refuse = (message: string): never => {
    throw new Error(message);
  };
  const store = contentStore(folder, { onDamaged: refuse, onUnwritable: refuse });
  const onFound = (count: number) => void found.push(count);
  const executorFor = (code: string) =>
    storedExecutor({ store, executor: counting, code, onFound });
  return { executed, found, executorFor };
}

test('runs only what is missing, and nobody can tell a kept run from a fresh one', async () => {
  const { executed, executorFor, found } = countingStore();
  const some = await runAll(tasksOf(['random'], [1, 2]), executorFor('a'));
  const tasks = tasksOf(['random', 'round-robin'], [1, 2, 3]);
  const all = await runAll(tasks, executorFor('a'));
  const fresh = await runAll(tasks, threadExecutor());
  expect(found).toEqual([0, 2]);
  expect(executed).toHaveLength(6);
  expect(JSON.stringify(all)).toBe(JSON.stringify(fresh));
  expect(all.slice(0, 2)).toEqual(some);
});

test('another code finds nothing', async () => {
  const { executorFor, found } = countingStore();
  const tasks = tasksOf(['random'], [1]);
  await runAll(tasks, executorFor('a'));
  await runAll(tasks, executorFor('b'));
  expect(found).toEqual([0, 0]);
});

test('the same question is run once, however often it is asked', async () => {
  const { executed, executorFor } = countingStore();
  const tasks = [...tasksOf(['random'], [1, 1]), ...tasksOf(['random'], [1])];
  const summaries = await runAll(tasks, executorFor('a'));
  expect(executed).toHaveLength(1);
  expect(summaries).toEqual([summaries[0], summaries[0], summaries[0]]);
});

test('what had ended before an abort is kept', async () => {
  const controller = new AbortController();
  let done = 0;
  const { executorFor, found } = countingStore(temporaryFolder(), () => {
    if (++done === 2) controller.abort();
  });
  const tasks = tasksOf(['random', 'round-robin'], [1, 2, 3]);
  const stopped = await runAll(tasks, executorFor('a'), { signal: controller.signal });
  expect(stopped.filter((summary) => summary !== undefined)).toHaveLength(2);
  await runAll(tasks, executorFor('a'));
  expect(found).toEqual([0, 2]);
});
