import type { Rank } from '../sim/endpoints/server.ts';
import type { Gauges } from '../sim/replica/engine.ts';
import type { EngineCounters } from '../sim/replica/engine-counters.ts';
import type { Sequence } from '../sim/replica/sequence.ts';
import type { TokenFeed } from './token-feed.ts';

/** Told which engine gets a request, and when. */
export type OnQueued = (sequence: Sequence, rank: WatchedRank, nowUs: number) => void;

/** One engine of a server, with what is known of its tokens. */
export class WatchedRank implements Rank {
  readonly feed: TokenFeed;
  readonly #rank: Rank & { readonly stepEndUs?: number };
  readonly #onQueued: OnQueued;

  constructor(rank: Rank & { readonly stepEndUs?: number }, feed: TokenFeed, onQueued: OnQueued) {
    this.#rank = rank;
    this.feed = feed;
    this.#onQueued = onQueued;
  }

  /** When it is to be looked at for the sake of streams, which want each of its steps. */
  get nextUs(): number {
    // Engines in lockstep wake by themselves at each end of a step.
    return this.feed.streams > 0
      ? (this.#rank.stepEndUs ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
  }

  get busyUs(): number {
    return this.#rank.busyUs;
  }

  get steps(): number {
    return this.#rank.steps;
  }

  get counters(): EngineCounters {
    return this.#rank.counters;
  }

  snapshot(): Gauges {
    return this.#rank.snapshot();
  }

  snapshotAt(thenUs: number): Gauges {
    return this.#rank.snapshotAt(thenUs);
  }

  add(sequence: Sequence, nowUs: number): void {
    this.#onQueued(sequence, this, nowUs);
    this.#rank.add(sequence, nowUs);
  }

  abort(sequence: Sequence, nowUs: number): void {
    this.#rank.abort(sequence, nowUs);
  }

  beforeNewPace(nowUs: number): void {
    this.#rank.beforeNewPace(nowUs);
  }

  checkDrained(): void {
    this.#rank.checkDrained();
  }
}
