import type { AttemptEnd, ReplicaView, RequestView } from '../strategy.ts';
import { attemptKey } from './attempt-key.ts';
import { PerReplica } from './per-replica.ts';

/** Weight of the newest sample in a mean that fades. */
const newest = 0.05;
const fewestSamples = 8;
/** Of an 8-billion model on an A100, until there are samples. */
const usualPrefillS = 1e-4;
const usualDecodeS = 0.02;
const usualOutputTokens = 200;

interface Sent {
  readonly atUs: number;
  readonly uncachedTokens: number;
  /** Nothing else was there without a first token, so its time is its own. */
  readonly isAlone: boolean;
  firstTokenUs: number;
}

/**
 * What a prompt token and an answer token cost on each replica in seconds, and how long answers
 * are, learned from requests that have ended. Of a replica without enough samples the mean of all
 * is taken.
 */
export class RequestTimes {
  readonly #sent = new Map<number, Sent>();
  readonly #prefill = new ReplicaMeans(usualPrefillS);
  readonly #decode = new ReplicaMeans(usualDecodeS);
  readonly #output = new ReplicaMeans(usualOutputTokens);

  prefillS(replica: number): number {
    return this.#prefill.get(replica);
  }

  /** Seconds that a whole answer takes. */
  answerS(replica: number): number {
    return this.#output.mean * this.#decode.get(replica);
  }

  sent(request: RequestView, replica: ReplicaView, uncachedTokens: number, atUs: number): void {
    const isAlone = replica.awaiting <= 1;
    this.#sent.set(attemptKey(request, replica), {
      atUs,
      uncachedTokens,
      isAlone,
      firstTokenUs: Number.NaN,
    });
  }

  firstToken(request: RequestView, replica: ReplicaView, nowUs: number): void {
    const sent = this.#sent.get(attemptKey(request, replica));
    if (sent === undefined) return;
    sent.firstTokenUs = nowUs;
    // Of a short prompt one learns what a step costs, not what a token costs.
    if (!sent.isAlone || sent.uncachedTokens < 64) return;
    this.#prefill.add(replica.index, (nowUs - sent.atUs) / 1e6 / sent.uncachedTokens);
  }

  ended(request: RequestView, replica: ReplicaView, end: AttemptEnd, nowUs: number): void {
    const { index } = replica;
    const key = attemptKey(request, replica);
    const sent = this.#sent.get(key);
    this.#sent.delete(key);
    const { outcome, outputTokens } = end;
    if (sent === undefined || outcome !== 'ok' || !(outputTokens > 1)) return;
    this.#output.add(index, outputTokens);
    this.#decode.add(index, (nowUs - sent.firstTokenUs) / 1e6 / (outputTokens - 1));
  }

  /** Another engine; what was learned of all is still the best guess. */
  forget(replica: number): void {
    for (const means of [this.#prefill, this.#decode, this.#output]) means.forget(replica);
  }
}

/** Means that fade, of each replica and of all. */
class ReplicaMeans {
  mean: number;
  readonly #means = new PerReplica(0);
  readonly #samples = new PerReplica(0);
  #all = 0;

  constructor(usual: number) {
    this.mean = usual;
  }

  get(replica: number): number {
    return this.#samples.get(replica) < fewestSamples ? this.mean : this.#means.get(replica);
  }

  add(replica: number, sample: number): void {
    if (!Number.isFinite(sample)) return;
    this.#all += 1;
    this.mean += (sample - this.mean) * Math.max(newest, 1 / this.#all);
    this.#samples.add(replica, 1);
    const weight = Math.max(newest, 1 / this.#samples.get(replica));
    this.#means.add(replica, (sample - this.#means.get(replica)) * weight);
  }

  forget(replica: number): void {
    this.#means.set(replica, 0);
    this.#samples.set(replica, 0);
  }
}
