import type { Executor } from '../experiments/executor.ts';
import { codeFingerprint } from '../experiments/store/code-fingerprint.ts';
import type { ContentStore } from '../experiments/store/content-store.ts';
import { storedExecutor } from '../experiments/store/stored-executor.ts';
import { threadExecutor } from '../experiments/thread-executor.ts';
import { countOf } from '../reports/format.ts';
import { interruptSignal } from './interrupt.ts';
import { startProgress } from './progress.ts';

export interface WatchedOptions {
  readonly store?: ContentStore | undefined;
  readonly threads?: number | undefined;
  /** Whether the runs are asked for in many rounds; what was there is then told at the end. */
  readonly inRounds?: boolean;
}

export interface Watched {
  readonly executor: Executor;
  readonly signal: AbortSignal;
}

/**
 * For long work in threads: a bar that says how many runs there still are and how long they take,
 * Ctrl-C that ends it with what there is, and runs of earlier times taken from the store.
 */
export async function runWatched<Result>(
  { inRounds = false, store, threads }: WatchedOptions,
  work: (watched: Watched) => Promise<Result>,
): Promise<Result> {
  const { dispose, signal } = interruptSignal();
  const sum = { found: 0, runs: 0 };
  const tell = (found: number, runs: number) => {
    if (store === undefined || found === 0) return;
    const [of, was] = [countOf(runs, 'run'), found === 1 ? 'was' : 'were'];
    process.stderr.write(`${found} of ${of} ${was} there (${store.folder}).\n`);
  };
  const onFound = (found: number, runs: number) => {
    sum.found += found;
    sum.runs += runs;
    if (!inRounds) tell(found, runs);
  };
  try {
    return await work({ executor: withProgress({ store, threads, onFound }), signal });
  } finally {
    if (inRounds) tell(sum.found, sum.runs);
    dispose();
  }
}

interface ProgressOptions extends Pick<WatchedOptions, 'store' | 'threads'> {
  readonly onFound: (found: number, runs: number) => void;
}

/** A bar for whatever is asked for at once. */
function withProgress({ onFound, store, threads }: ProgressOptions): Executor {
  const own = threadExecutor(threads);
  const code = codeFingerprint();
  return {
    async execute(tasks, { onSummary, signal }) {
      let progress = store === undefined ? startProgress('Simulating', tasks.length) : undefined;
      const begin = (found: number) => {
        onFound(found, tasks.length);
        progress = startProgress('Simulating', tasks.length, found);
      };
      let done = 0;
      const executor = store ? storedExecutor({ store, executor: own, code, onFound: begin }) : own;
      const told = (index: number, summary: Parameters<typeof onSummary>[1]) => {
        onSummary(index, summary);
        progress?.update(++done);
      };
      await executor.execute(tasks, { signal, onSummary: told }).finally(() => progress?.stop());
    },
  };
}
