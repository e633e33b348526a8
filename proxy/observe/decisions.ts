import type { Attempt } from '../../gateway/attempt.ts';
import type { AttemptWatcher, Verdict } from '../../gateway/attempt-watcher.ts';
import type { Leg } from '../leg.ts';

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

/** Follows attempts: how each came about, for the last thousand of them and as counts. */
export class Decisions implements AttemptWatcher<Leg> {
  readonly #last: Decision[] = [];
  #next = 0;
  readonly counts = { first: 0, queued: 0, retry: 0, hedge: 0 };
  /** By name of the replica, and the verdict on the attempt. */
  readonly verdicts = new Map<string, Record<Verdict, number>>();

  /** The latest first. */
  get last(): Decision[] {
    const { length } = this.#last;
    return this.#last.map((_, i) => this.#last[(this.#next - 1 - i + 2 * length) % length]!);
  }

  dispatched({ replica, request, work }: Attempt<Leg>, nowUs: number): void {
    const { exchange } = work;
    const reason = reasonOf(request.attempts, exchange.running, nowUs > request.arrivalUs);
    exchange.reason = reason;
    this.counts[reason] += 1;
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

  ended({ replica }: Attempt<Leg>, verdict: Verdict): void {
    let counts = this.verdicts.get(replica.name);
    if (counts === undefined) {
      counts = { ok: 0, failed: 0, neutral: 0 };
      this.verdicts.set(replica.name, counts);
    }
    counts[verdict] += 1;
  }
}

function reasonOf(attempts: number, running: number, hasWaited: boolean): Decision['reason'] {
  if (attempts > 1) return running > 0 ? 'hedge' : 'retry';
  return hasWaited ? 'queued' : 'first';
}
