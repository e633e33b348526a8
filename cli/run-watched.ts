import type { Executor } from '../experiments/executor.ts';
import { codeFingerprint } from '../experiments/store/code-fingerprint.ts';
import type { ContentStore } from '../experiments/store/content-store.ts';
import { storedExecutor } from '../experiments/store/stored-executor.ts';
import { threadExecutor } from '../experiments/thread-executor.ts';
import { countOf } from '../reports/format.ts';
import { interruptSignal } from './interrupt.ts';
import { type Progress, startProgress } from './progress.ts';

export interface WatchedOptions {
  readonly store?: ContentStore | undefined;
  readonly threads?: number | undefined;
  /** Of runs. */
  readonly total: number;
}

export interface Watched {
  readonly executor: Executor;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/**
 * For long work in threads: a bar that says how many runs there still are and how long they take,
 * Ctrl-C that ends it with what there is, and runs of earlier times taken from the store.
 */
export async function runWatched<Result>(
  { store, threads, total }: WatchedOptions,
  work: (watched: Watched) => Promise<Result>,
): Promise<Result> {
  const { dispose, signal } = interruptSignal();
  const running: { progress?: Progress } = {};
  const begin = (found: number) => {
    if (found > 0) {
      const runs = `${found} of ${countOf(total, 'run')}`;
      process.stderr.write(`${runs} ${found === 1 ? 'was' : 'were'} there (${store?.folder}).\n`);
    }
    running.progress = startProgress('Simulating', total, found);
  };
  const own = threadExecutor(threads);
  const code = codeFingerprint();
  if (store === undefined) begin(0);
  const executor = store ? storedExecutor({ store, executor: own, code, onFound: begin }) : own;
  try {
    const onProgress = (done: number) => running.progress?.update(done);
    return await work({ executor, signal, onProgress });
  } finally {
    running.progress?.stop();
    dispose();
  }
}
