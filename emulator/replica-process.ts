import type { FairleadError } from '../core/errors.ts';
import type { LagWindow } from './metrics/lag-meter.ts';
import { type EmulationOptions, type RunningReplicas, startReplicas } from './start-replicas.ts';

// One of several processes that serve emulated replicas. It is told what to start, says where that
// is to be found, and ends when nobody is there any more who has started it.

export type ReplicaProcessMessage =
  | { readonly kind: 'started'; readonly urls: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'late'; readonly window: LagWindow };

let running: RunningReplicas | undefined;

process.once('message', (options: EmulationOptions) => {
  void start(options);
});
process.once('disconnect', () => {
  void running?.stop();
});
// Ctrl-C reaches all processes of a terminal; this one ends after the one that has started it.
process.on('SIGINT', () => {});

async function start(options: EmulationOptions): Promise<void> {
  const onLate = (window: LagWindow) => say({ kind: 'late', window });
  try {
    running = await startReplicas({ ...options, onLate });
    say({ kind: 'started', urls: running.urls });
  } catch (error) {
    const { code, message } = error as FairleadError;
    say({ kind: 'failed', code, message });
    process.disconnect();
  }
}

function say(message: ReplicaProcessMessage): void {
  process.send?.(message);
}
