import type { Executor } from './executor.ts';
import { threadPool } from './thread-pool.ts';

/** Threads that last as long as the tasks they are handed. */
export function threadExecutor(threads?: number): Executor {
  return {
    async execute(tasks, options) {
      const { close, executor } = threadPool(threads);
      await executor.execute(tasks, options).finally(close);
    },
  };
}
