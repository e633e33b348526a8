import { quantile, sortedSample } from '../../core/quantiles.ts';
import { US_PER_S } from '../../core/time.ts';
import type { Attempt } from '../attempt.ts';
import type { AttemptWatcher } from '../attempt-watcher.ts';

/** Times to first token are of so long ago at most, and the quantile of them that counts. */
const memoryUs = 60 * US_PER_S;
const ttftQuantile = 0.95;

interface Begun {
  readonly atUs: number;
  readonly ttftUs: number;
}

/**
 * What gateways know of the groups of a fleet from the attempts they make. One watch may follow
 * several gateways: their requests add up.
 */
export class FleetWatch<Work> implements AttemptWatcher<Work> {
  /** By replica. */
  readonly #groups: readonly number[];
  readonly #inFlight: number[];
  readonly #awaiting: readonly Set<Attempt<Work>>[];
  /** By group. */
  readonly #arrivals: number[];
  readonly #begun: Begun[][];

  /** `groups` says of each replica which one it belongs to. */
  constructor(groups: readonly number[]) {
    const count = Math.max(...groups) + 1;
    this.#groups = groups;
    this.#inFlight = groups.map(() => 0);
    this.#awaiting = groups.map(() => new Set());
    this.#arrivals = Array.from({ length: count }, () => 0);
    this.#begun = Array.from({ length: count }, () => []);
  }

  inFlight(replica: number): number {
    return this.#inFlight[replica]!;
  }

  /** Of them those without a first token. */
  awaiting(replica: number): number {
    return this.#awaiting[replica]!.size;
  }

  /** Requests that were sent to a group since the last time, each counted once. */
  takeArrivals(group: number): number {
    const arrivals = this.#arrivals[group]!;
    this.#arrivals[group] = 0;
    return arrivals;
  }

  /** From the arrival of a request, at a high quantile; NaN when there was none of late. */
  ttftUs(group: number, nowUs: number): number {
    const recent = this.#begun[group]!.filter(({ atUs }) => nowUs - atUs <= memoryUs);
    this.#begun[group] = recent;
    const sorted = sortedSample(Float64Array.from(recent, ({ ttftUs }) => ttftUs));
    return quantile(sorted, ttftQuantile) ?? Number.NaN;
  }

  dispatched(attempt: Attempt<Work>): void {
    const { index } = attempt.replica;
    this.#inFlight[index]! += 1;
    this.#awaiting[index]!.add(attempt);
    // What is sent once more is no new demand.
    if (attempt.request.attempts === 1) this.#arrivals[this.#groups[index]!]! += 1;
  }

  began(attempt: Attempt<Work>, nowUs: number): void {
    const { index } = attempt.replica;
    this.#awaiting[index]!.delete(attempt);
    const ttftUs = nowUs - attempt.request.arrivalUs;
    this.#begun[this.#groups[index]!]!.push({ atUs: nowUs, ttftUs });
  }

  ended(attempt: Attempt<Work>): void {
    const { index } = attempt.replica;
    this.#inFlight[index]! -= 1;
    this.#awaiting[index]!.delete(attempt);
  }
}
