import type { ReplicaView, RequestView } from '../strategy.ts';

/** Attempts at replicas beyond this index would be taken for those of another request. */
const mostReplicas = 65_536;

/**
 * One number for a request at a replica. Its own number would not do to keep books of attempts: a
 * gateway that hedges has the same request at two replicas at once.
 */
export function attemptKey({ id }: RequestView, { index }: ReplicaView): number {
  return id * mostReplicas + index;
}
