import type { AttemptEnd, KvEvent, ReplicaView, RequestView } from '../../strategies/strategy.ts';

/**
 * What a decision log is made of: everything a strategy is told or asked, in order, with all that
 * it could see at that moment. A replica goes by its index, a request by a number of its own.
 */
export type DecisionEntry = Description | Call;

/** Written once, before the first call that needs it. */
export type Description =
  | { readonly kind: 'replica'; readonly view: ReplicaView }
  | { readonly kind: 'request'; readonly request: number; readonly view: RequestView }
  /** Those of all picks until there are others. */
  | { readonly kind: 'candidates'; readonly replicas: readonly number[] }
  /** Who models replicas is to model one more, which has the next index. */
  | { readonly kind: 'added'; readonly group: string };

export type Call = {
  readonly nowUs: number;
  /**
   * What looks other than at the call before, of all replicas ever shown, because a strategy may
   * remember any of its views: index, column and value, and the next three.
   */
  readonly changes: readonly number[];
} & (CallOfRequest | CallOfReplica);

/** How often it has been sent is all of a request that changes. */
type CallOfRequest = { readonly request: number; readonly attempts: number } & (
  | { readonly kind: 'pick'; readonly picked: Picked }
  | { readonly kind: 'dispatched' | 'first-token'; readonly replica: number }
  | { readonly kind: 'ended'; readonly replica: number; readonly end: AttemptEnd }
);

type CallOfReplica = { readonly replica: number } & (
  | { readonly kind: 'joined' | 'left' | 'reported' }
  | { readonly kind: 'kv-event'; readonly event: KvEvent }
);

/** The index of a replica, or what was answered in place of one; -1 for neither, or a throw. */
export type Picked = number | 'hold' | 'reject';

/**
 * So many requests later one is described again if it comes again, so that whoever reads a log
 * need not remember all of it. A gateway has far fewer at once.
 */
export const requestsRemembered = 65_536;
