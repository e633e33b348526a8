import { afterAll, expect, test } from 'vitest';
import { runAll } from '../../experiments/executor.ts';
import { type RunTask, summariseTask } from '../../experiments/run-task.ts';
import { smallScenario } from '../support/scenarios.ts';

// Threads run what is compiled.
const built = new URL('../../dist/experiments/', import.meta.url).href;
const { threadPool } = (await import(
  `${built}thread-pool.js`
)) as typeof import('../../experiments/thread-pool.ts');
const { threadExecutor } = (await import(
  `${built}thread-executor.js`
)) as typeof import('../../experiments/thread-executor.ts');

const pool = threadPool(2);
afterAll(pool.close);

const scenario = smallScenario();
const strategy = { name: 'random', options: {} };
const tasks: RunTask[] = [1, 2, 3].map((seed) => ({ scenario, strategy, seed }));
const summaries = tasks.map(summariseTask);

for (const [name, executor] of [
  ['threads that stay', pool.executor],
  ['threads that go', threadExecutor(2)],
  ['no thread', threadExecutor(0)],
] as const) {
  test(`${name} give what a run gives here`, async () => {
    expect(await runAll(tasks, executor)).toEqual(summaries);
  });

  test(`${name} end with what went wrong, in a run or with its summary`, async () => {
    const unknown = { ...tasks[0]!, strategy: { name: 'none', options: {} } };
    await expect(runAll([tasks[0]!, unknown, ...tasks], executor)).rejects.toThrow(
      'there is no strategy "none"',
    );
    const full = new Error('the disk is full');
    let told = 0;
    const onSummary = () => {
      told++;
      throw full;
    };
    await expect(executor.execute(tasks, { onSummary })).rejects.toBe(full);
    expect(told).toBe(1);
    expect(await runAll(tasks, executor)).toEqual(summaries);
  });

  test(`${name} say nothing more after an abort`, async () => {
    const abort = new AbortController();
    const { signal } = abort;
    const seen: number[] = [];
    const onSummary = (index: number) => {
      seen.push(index);
      abort.abort();
    };
    await executor.execute(tasks, { signal, onSummary });
    expect(seen).toHaveLength(1);
    expect(await runAll(tasks, executor, { signal })).toEqual(tasks.map(() => undefined));
    expect(await runAll(tasks, executor)).toEqual(summaries);
  });
}

test('threads without a run do no harm', async () => {
  expect(await runAll(tasks.slice(0, 1), threadExecutor(3))).toEqual(summaries.slice(0, 1));
  expect(await runAll([], threadExecutor(3))).toEqual([]);
});

test('one caller whose runs fail leaves those of another alone', async () => {
  const unknown = { ...tasks[0]!, strategy: { name: 'none', options: {} } };
  const [bad, good] = await Promise.allSettled([
    runAll([unknown, unknown, unknown], pool.executor),
    runAll(tasks, pool.executor),
  ]);
  expect(bad.status).toBe('rejected');
  expect(good).toEqual({ status: 'fulfilled', value: summaries });
});
