import type { ReplicaView, ReportedLoad } from '../../strategies/strategy.ts';

/** How every replica looked that a strategy was ever shown, to tell what has changed since. */
export class ReplicaLooks {
  readonly #shown: ReplicaView[] = [];
  readonly #looks: Float64Array[] = [];

  /** False when it was shown before. */
  show(view: ReplicaView): boolean {
    if (this.#shown[view.index] !== undefined) return false;
    this.#shown[view.index] = view;
    this.#looks[view.index] = Float64Array.from(replicaColumns, (_, at) => columnOf(view, at));
    return true;
  }

  /** Index, column and value of all that looks other than the last time. */
  changes(): number[] {
    const changes: number[] = [];
    for (const view of this.#shown) if (view !== undefined) this.#addChanges(view, changes);
    return changes;
  }

  #addChanges(view: ReplicaView, changes: number[]): void {
    const look = this.#looks[view.index]!;
    for (let column = 0; column < look.length; column++) {
      const value = columnOf(view, column);
      if (Object.is(look[column], value)) continue;
      look[column] = value;
      changes.push(view.index, column, value);
    }
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A view that is changed by the columns of a log. */
export type WritableReplica = Writable<Omit<ReplicaView, 'reported'>> & {
  readonly reported: Writable<ReportedLoad>;
};

/** What a strategy may see of a replica and nothing else: no object of the gateway's own. */
export function copyOfReplica(view: ReplicaView): WritableReplica {
  const copy = { index: view.index, name: view.name, group: view.group, reported: {} };
  const all = copy as WritableReplica;
  for (let column = 0; column < replicaColumns.length; column++) {
    setColumn(all, column, columnOf(view, column));
  }
  return all;
}

export function columnOf(view: ReplicaView, column: number): number {
  const own = ownColumns[column];
  return own === undefined
    ? view.reported[reportedColumns[column - ownColumns.length]!]
    : view[own];
}

export function setColumn(view: WritableReplica, column: number, value: number): void {
  const own = ownColumns[column];
  if (own === undefined) view.reported[reportedColumns[column - ownColumns.length]!] = value;
  else view[own] = value;
}

/** The compiler asks for a column for whatever comes to be seen of a replica. */
type Columns<View> = { readonly [K in keyof View]: true };

const own: Columns<Omit<ReplicaView, 'group' | 'index' | 'name' | 'reported'>> = {
  inFlight: true,
  inFlightPromptTokens: true,
  awaiting: true,
  awaitingPromptTokens: true,
  weight: true,
  joinedUs: true,
  maxNumSeqs: true,
  kvTokens: true,
};

const reported: Columns<ReportedLoad> = {
  sampledAtUs: true,
  waiting: true,
  running: true,
  kvUsage: true,
  sentSince: true,
  sentPromptTokensSince: true,
  endedSince: true,
};

const ownColumns = Object.keys(own) as (keyof typeof own)[];
const reportedColumns = Object.keys(reported) as (keyof typeof reported)[];

/** All numbers of a replica, in the order in which a log counts them. */
export const replicaColumns: readonly string[] = [...ownColumns, ...reportedColumns];
