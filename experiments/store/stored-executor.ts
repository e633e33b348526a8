import type { RunSummary } from '../../reports/summary.ts';
import type { ExecuteOptions, Executor } from '../executor.ts';
import type { RunTask } from '../run-task.ts';
import type { ContentStore } from './content-store.ts';
import { runKeys } from './run-key.ts';

export interface StoredOptions {
  readonly store: ContentStore;
  /** Who runs what is not there. */
  readonly executor: Executor;
  /** Names the code that runs. */
  readonly code: string;
  /** Before anything is run: how many of the tasks are answered already. */
  readonly onFound?: (found: number) => void;
}

/**
 * Runs only what the store has no answer to, each question once, and keeps every answer at the
 * moment it comes: whatever ends this process, the next one goes on from there.
 */
export function storedExecutor({ code, executor, onFound, store }: StoredOptions): Executor {
  const execute = async (
    tasks: readonly RunTask[],
    { onSummary, signal }: ExecuteOptions,
  ): Promise<void> => {
    const places = placesByKey(runKeys(tasks, code));
    const tell = (key: string, summary: RunSummary) => {
      for (const place of places.get(key)!) onSummary(place, summary);
    };
    const missing: string[] = [];
    const found: [string, RunSummary][] = [];
    for (const key of places.keys()) {
      const summary = store.get(key) as RunSummary | undefined;
      if (summary === undefined) missing.push(key);
      else found.push([key, summary]);
    }
    onFound?.(found.reduce((sum, [key]) => sum + places.get(key)!.length, 0));
    for (const [key, summary] of found) tell(key, summary);
    await executor.execute(
      missing.map((key) => tasks[places.get(key)![0]!]!),
      {
        signal,
        onSummary: (index, summary) => {
          // As it will be read again, so that nobody can tell one from the other.
          const plain = JSON.parse(JSON.stringify(summary)) as RunSummary;
          store.put(missing[index]!, plain);
          tell(missing[index]!, plain);
        },
      },
    );
  };
  return { execute };
}

function placesByKey(keys: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [index, key] of keys.entries()) {
    const known = places.get(key);
    if (known === undefined) places.set(key, [index]);
    else known.push(index);
  }
  return places;
}
