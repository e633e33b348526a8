import { US_PER_S } from '../../core/time.ts';
import type { ReplicaView, RequestView } from '../strategy.ts';
import { PerReplica } from './per-replica.ts';

/** After so many requests an observation has lost most of its weight. */
const memory = 64;

/**
 * Prompt tokens each replica gets through per second while there is something to get through,
 * learned from the first tokens that come. So a slow GPU needs no weight of its own.
 */
export class PrefillRates {
  readonly #fallbackPerUs: number;
  readonly #tokens = new PerReplica(0);
  readonly #busyUs = new PerReplica(0);
  /** When the time since was last added; NaN while nothing waits for a first token. */
  readonly #countedUs = new PerReplica(Number.NaN);

  constructor(fallbackPerS: number) {
    this.#fallbackPerUs = fallbackPerS / US_PER_S;
  }

  /**
   * Makes microseconds of the tokens at this place, at the rate of a replica. While nothing comes
   * the rate falls, so who has stopped is noticed without an event.
   */
  tokensToUs(values: Float64Array, at: number, { index }: ReplicaView, nowUs: number): void {
    const tokens = this.#tokens.upTo(index)[index]!;
    const countedUs = this.#countedUs.upTo(index)[index]!;
    const silentUs = countedUs < nowUs ? nowUs - countedUs : 0;
    const busyUs = this.#busyUs.upTo(index)[index]! + silentUs;
    values[at]! *= tokens > 0 && busyUs > 0 ? busyUs / tokens : 1 / this.#fallbackPerUs;
  }

  sent({ index }: ReplicaView, nowUs: number): void {
    const countedUs = this.#countedUs.upTo(index);
    if (Number.isNaN(countedUs[index])) countedUs[index] = nowUs;
  }

  /** The first token of a request has come. */
  read({ promptTokens }: RequestView, replica: ReplicaView, nowUs: number): void {
    const { index } = replica;
    this.#count(replica, nowUs);
    const kept = 1 - 1 / memory;
    const tokens = this.#tokens.upTo(index);
    tokens[index] = (tokens[index]! + promptTokens) * kept;
    this.#busyUs.upTo(index)[index]! *= kept;
  }

  /** A request has ended, with or without a first token. */
  ended(replica: ReplicaView, nowUs: number): void {
    this.#count(replica, nowUs);
  }

  forget({ index }: ReplicaView): void {
    this.#tokens.upTo(index)[index] = 0;
    this.#busyUs.upTo(index)[index] = 0;
    this.#countedUs.upTo(index)[index] = Number.NaN;
  }

  #count({ awaiting, index }: ReplicaView, nowUs: number): void {
    const countedUs = this.#countedUs.upTo(index);
    const sinceUs = countedUs[index]!;
    if (!Number.isNaN(sinceUs)) this.#busyUs.upTo(index)[index]! += nowUs - sinceUs;
    countedUs[index] = awaiting > 0 ? nowUs : Number.NaN;
  }
}
