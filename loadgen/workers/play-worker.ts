import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Share } from '../../scenarios/share.ts';
import { type PackedFigures, type PackedRun, packedFigures, packedRun } from './packed-run.ts';
import { type PlayTask, playShare } from './play-task.ts';

export interface WorkerTask {
  readonly task: PlayTask;
  readonly share: Share;
  readonly tellsFigures: boolean;
}

/** What the thread that was asked for a run says to those that play it. */
export type Order =
  | { readonly kind: 'start'; readonly startNs: bigint }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'allSettled' };

export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'figures'; readonly figures: PackedFigures }
  | { readonly kind: 'settled' }
  | { readonly kind: 'run'; readonly run: PackedRun };

const port = parentPort as MessagePort;
const report = (message: Report) => port.postMessage(message);
const { share, task, tellsFigures } = workerData as WorkerTask;
const interrupted = new AbortController();
const settled = new AbortController();

port.on('message', async (order: Order) => {
  if (order.kind === 'interrupt') interrupted.abort();
  else if (order.kind === 'allSettled') settled.abort();
  else {
    const run = await playShare(task, share, {
      signal: interrupted.signal,
      together: {
        startNs: order.startNs,
        onSettled: () => report({ kind: 'settled' }),
        allSettled: settled.signal,
      },
      ...(tellsFigures
        ? { onFigures: (figures) => report({ kind: 'figures', figures: packedFigures(figures) }) }
        : {}),
    });
    report({ kind: 'run', run: packedRun(run) });
    port.close();
  }
});
report({ kind: 'ready' });
