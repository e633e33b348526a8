import type { RunSummary } from '../reports/summary.ts';
import type { RunTask } from './run-task.ts';

/**
 * Who runs the tasks of an experiment. A run is a pure function of its task, so it does not matter
 * where, when and in which order they run, nor how often: an executor only promises to say of each
 * task what came out of it, once. What goes over is plain data, as it would to another machine.
 */
export interface Executor {
  /**
   * Ends when all tasks have, or soon after the abort, when those not yet begun are left out and
   * those that have ended are told already.
   */
  execute(tasks: readonly RunTask[], options: ExecuteOptions): Promise<void>;
}

export interface ExecuteOptions {
  /** No further task is begun once this is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** By the place of the task among those handed over; in whatever order they end. */
  readonly onSummary: (index: number, summary: RunSummary) => void;
}

/** The summaries in the order of the tasks; a task that an abort kept from running is undefined. */
export async function runAll(
  tasks: readonly RunTask[],
  executor: Executor,
  { signal }: Pick<ExecuteOptions, 'signal'> = {},
): Promise<(RunSummary | undefined)[]> {
  const summaries = new Array<RunSummary | undefined>(tasks.length).fill(undefined);
  await executor.execute(tasks, {
    signal,
    onSummary: (index, summary) => {
      summaries[index] = summary;
    },
  });
  return summaries;
}
