import { FairleadError } from '../../core/errors.ts';
import type { RequestView, Strategy } from '../../strategies/strategy.ts';
import {
  type Call,
  type DecisionEntry,
  type Description,
  type Picked,
  requestsRemembered,
} from './entry.ts';
import { pickedOf } from './recorded-strategy.ts';
import {
  columnOf,
  copyOfReplica,
  replicaColumns,
  setColumn,
  type WritableReplica,
} from './replica-looks.ts';

/** A strategy as new, with the options and the chance that the recorded one had. */
export interface ReplayedBrain {
  readonly strategy: Strategy;
  /** There is one replica more to model. */
  readonly onAdded: (group: string) => void;
}

/** A pick that came out another way. */
export interface Difference {
  readonly nowUs: number;
  /** As the gateway numbers requests. */
  readonly id: number;
  readonly attempts: number;
  readonly recorded: string;
  readonly replayed: string;
  /** What both could choose from. */
  readonly candidates: readonly string[];
}

/** Tells and asks a fresh strategy what a log says, and compares every pick. */
export class DecisionReplay {
  picks = 0;
  differing = 0;
  readonly #brain: ReplayedBrain;
  readonly #onDifference: (difference: Difference) => void;
  readonly #replicas: WritableReplica[] = [];
  readonly #requests = new Map<number, { -readonly [K in keyof RequestView]: RequestView[K] }>();
  #candidates: readonly WritableReplica[] = [];

  constructor(brain: ReplayedBrain, onDifference: (difference: Difference) => void) {
    this.#brain = brain;
    this.#onDifference = onDifference;
  }

  /** Throws a coded error where the entry speaks of what no entry before it has described. */
  take(entry: DecisionEntry): void {
    if ('nowUs' in entry) this.#call(entry);
    else this.#describe(entry);
  }

  #describe(entry: Description): void {
    switch (entry.kind) {
      case 'replica':
        this.#replicas[entry.view.index] = copyOfReplica(entry.view);
        break;
      case 'request':
        this.#requests.set(entry.request, { ...entry.view });
        this.#requests.delete(entry.request - requestsRemembered);
        break;
      case 'candidates':
        this.#candidates = entry.replicas.map((index) => this.#replica(index));
        break;
      case 'added':
        this.#brain.onAdded(entry.group);
    }
  }

  #call(call: Call): void {
    this.#show(call.changes);
    const { nowUs } = call;
    const { strategy } = this.#brain;
    if (!('request' in call)) {
      const replica = this.#replica(call.replica);
      if (call.kind === 'kv-event') strategy.onKvEvent?.(replica, call.event, nowUs);
      else if (call.kind === 'joined') strategy.onJoined?.(replica, nowUs);
      else if (call.kind === 'left') strategy.onLeft?.(replica, nowUs);
      else strategy.onReported?.(replica, nowUs);
      return;
    }
    const request = this.#requests.get(call.request);
    if (request === undefined) damaged(`request ${call.request}`);
    request.attempts = call.attempts;
    if (call.kind === 'pick') {
      this.#compare(request, call.picked, nowUs);
      return;
    }
    const replica = this.#replica(call.replica);
    if (call.kind === 'ended') strategy.onEnded?.(request, replica, call.end, nowUs);
    else if (call.kind === 'dispatched') strategy.onDispatched?.(request, replica, nowUs);
    else strategy.onFirstToken?.(request, replica, nowUs);
  }

  #compare(request: RequestView, recorded: Picked, nowUs: number): void {
    if (this.#candidates.length === 0) damaged('any candidate');
    const replayed = this.#picked(request, recorded, nowUs);
    this.picks += 1;
    if (replayed === recorded) return;
    this.differing += 1;
    this.#onDifference({
      nowUs,
      id: request.id,
      attempts: request.attempts,
      recorded: this.#nameOf(recorded),
      replayed: this.#nameOf(replayed),
      candidates: this.#candidates.map(({ name }) => name),
    });
  }

  /** Who threw at the time may throw again, and nobody else. */
  #picked(request: RequestView, recorded: Picked, nowUs: number): Picked {
    try {
      return pickedOf(this.#brain.strategy.pick(request, this.#candidates, nowUs));
    } catch (error) {
      if (recorded === -1) return recorded;
      throw error;
    }
  }

  #show(changes: readonly number[]): void {
    for (let at = 0; at < changes.length; at += 3) {
      const [index, column, value] = [changes[at]!, changes[at + 1]!, changes[at + 2]];
      const replica = this.#replica(index);
      if (value === undefined || replicaColumns[column] === undefined) {
        damaged(`column ${column} of a replica`);
      }
      // Whoever writes down a change that is none has not written down another one.
      if (Object.is(columnOf(replica, column), value)) damaged('another value before');
      setColumn(replica, column, value);
    }
  }

  #replica(index: number): WritableReplica {
    return this.#replicas[index] ?? damaged(`replica ${index}`);
  }

  #nameOf(picked: Picked): string {
    return typeof picked === 'string' ? picked : (this.#replicas[picked]?.name ?? 'nobody');
  }
}

function damaged(what: string): never {
  const message = `no entry before this one has described ${what}. Part of the log is missing.`;
  throw new FairleadError('DECISIONS_INVALID', message);
}
