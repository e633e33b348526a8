import type { Attempt } from '../../gateway/attempt.ts';
import type { AttemptWatcher, Verdict } from '../../gateway/attempt-watcher.ts';
import type { AttemptEnd } from '../../strategies/strategy.ts';
import type { Leg } from '../leg.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';

const kept = 1_000;

/** Why a request went where it went. */
export interface Decision {
  readonly atUs: number;
  readonly requestId: string;
  readonly tenant: string;
  readonly promptTokens: number;
  readonly replica: string;
  readonly reason: 'first' | 'queued' | 'retry' | 'hedge';
  /** How many requests the replica had then, this one among them. */
  readonly inFlight: number;
}

/** Follows attempts: how each of the last thousand came about, and all of them as metrics. */
export class Decisions implements AttemptWatcher<Leg> {
  readonly #metrics: ProxyMetrics;
  readonly #last: Decision[] = [];
  #next = 0;

  constructor(metrics: ProxyMetrics) {
    this.#metrics = metrics;
  }

  /** The latest first. */
  get last(): Decision[] {
    const { length } = this.#last;
    return this.#last.map((_, i) => this.#last[(this.#next - 1 - i + 2 * length) % length]!);
  }

  dispatched({ replica, request, work }: Attempt<Leg>, nowUs: number): void {
    const { exchange } = work;
    const reason = reasonOf(request.attempts, exchange.running, nowUs > request.arrivalUs);
    exchange.reason = reason;
    this.#metrics.dispatched(replica.name, reason, nowUs);
    this.#last[this.#next] = {
      atUs: nowUs,
      requestId: exchange.facts.requestId,
      tenant: request.tenant,
      promptTokens: request.promptTokens,
      replica: replica.name,
      reason,
      inFlight: replica.inFlight,
    };
    this.#next = (this.#next + 1) % kept;
  }

  ended(
    { replica }: Attempt<Leg>,
    _verdict: Verdict,
    _nowUs: number,
    _outputTokens: number,
    outcome: AttemptEnd['outcome'],
  ): void {
    this.#metrics.attemptEnded(replica.name, outcome);
  }
}

function reasonOf(attempts: number, running: number, hasWaited: boolean): Decision['reason'] {
  if (attempts > 1) return running > 0 ? 'hedge' : 'retry';
  return hasWaited ? 'queued' : 'first';
}
