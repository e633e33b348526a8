import { type ErrorCode, FairleadError } from '../core/errors.ts';
import type { LagWindow } from './metrics/lag-meter.ts';
import { type EmulationOptions, type RunningReplicas, startReplicas } from './start-replicas.ts';

// One of several processes that serve emulated replicas. It is told what to start, says where that
// is to be found, and ends when nobody is there any more who has started it.

export type ReplicaProcessMessage =
  | { readonly kind: 'started'; readonly urls: readonly string[] }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  /** A mistake of ours. */
  | { readonly kind: 'broken'; readonly message: string; readonly stack: string }
  | { readonly kind: 'late'; readonly window: LagWindow };

let starting: Promise<RunningReplicas> | undefined;

process.once('message', (options: EmulationOptions) => {
  starting = startReplicas({ ...options, onLate: (window) => say({ kind: 'late', window }) });
  starting.then(({ urls }) => say({ kind: 'started', urls }), fail);
});
process.once('disconnect', () => {
  // It may be starting yet.
  starting?.then((running) => running.stop()).catch(() => {});
});
// Ctrl-C reaches all processes of a terminal, and the end of a service all that are of it; this
// one ends after the one that has started it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

function fail(error: Error): void {
  const { message, stack = message } = error;
  if (error instanceof FairleadError) say({ kind: 'failed', code: error.code, message });
  else say({ kind: 'broken', message, stack });
  if (process.connected) process.disconnect();
}

/** Who has started it may go away at any moment, which is no mistake of this process. */
function say(message: ReplicaProcessMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
