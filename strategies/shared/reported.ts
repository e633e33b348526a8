import { z } from 'zod';
import { US_PER_S } from '../../core/time.ts';
import type { ReplicaView, RequestView } from '../strategy.ts';

/** What is known here of the time since a report, and may be added to it. */
const corrections = ['all', 'sent', 'nothing'] as const;

const longestS = 86_400;

/** Options of every strategy that looks at what replicas report of themselves. */
export const reportOptions = {
  correct: z
    .enum(corrections)
    .default('all')
    .meta({ examples: ['nothing'] })
    .describe(
      'What is added to a report: what this gateway has sent since and what has ended since, only what was sent, or nothing.',
    ),
  discountAfterS: z
    .number()
    .min(0)
    .max(longestS)
    .default(1)
    .meta({ examples: [1] })
    .describe('Age in seconds from which a report counts less and less.'),
  dropAfterS: z
    .number()
    .min(0)
    .max(longestS)
    .default(5)
    .meta({ examples: [5] })
    .describe('Age in seconds from which only what this gateway knows itself counts.'),
};

export type ReportOptions = z.output<z.ZodObject<typeof reportOptions>>;

/** The tokens a KV cache is taken to hold when nobody has said. */
const assumedKvTokens = 100_000;

/** The length prompts are taken to have at first, as in smg, and over how many it is learned. */
const firstMeanPrompt = 1_024;
const meanOver = 64;

/**
 * Reads what a replica reported of itself, with regard to its age: whole while it is fresh, then
 * mixed in growing share with what this gateway knows by itself, in the end only that. What is
 * absent is never zero. "Requests I sent since that report" repairs most of what age spoils:
 * without it, all that comes between two reports goes to the same replica. Results are written
 * where the caller wants them: a fraction that a call returns may be an object on the heap.
 */
export class Reports {
  /** What this gateway knows by itself, to be mixed in. */
  readonly own = new Float64Array(1);
  readonly #sentWeight: number;
  readonly #endedWeight: number;
  readonly #discountAfterUs: number;
  readonly #dropAfterUs: number;
  #meanPrompt = firstMeanPrompt;

  constructor({ correct, discountAfterS, dropAfterS }: ReportOptions) {
    this.#sentWeight = correct === 'nothing' ? 0 : 1;
    this.#endedWeight = correct === 'all' ? 1 : 0;
    this.#discountAfterUs = discountAfterS * US_PER_S;
    this.#dropAfterUs = Math.max(discountAfterS, dropAfterS) * US_PER_S;
  }

  /**
   * Requests there and not ended, whoever sent them. Corrected, they are never fewer than this
   * gateway has there itself, as in vLLM's own balancer: metrics that froze must not look idle.
   */
  writeLoad(values: Float64Array, at: number, replica: ReplicaView, nowUs: number): void {
    const { running, waiting } = replica.reported;
    const least = this.#sentWeight * replica.inFlight;
    values[at] = Math.max(least, waiting + running + this.change(replica));
    this.own[0] = replica.inFlight;
    this.mixIn(values, at, replica, nowUs);
  }

  /** Requests that wait there; those sent since count as waiting until the next report. */
  writeWaiting(values: Float64Array, at: number, replica: ReplicaView, nowUs: number): void {
    values[at] = Math.max(0, replica.reported.waiting + this.change(replica));
    this.own[0] = replica.awaiting;
    this.mixIn(values, at, replica, nowUs);
  }

  /** Requests that run there; which of those sent since run already is not known. */
  writeRunning(values: Float64Array, at: number, replica: ReplicaView, nowUs: number): void {
    values[at] = replica.reported.running;
    this.own[0] = replica.inFlight;
    this.mixIn(values, at, replica, nowUs);
  }

  /**
   * Prompt tokens that are to be read before a new request has its turn. Replicas say how many wait
   * and not how long they are; a prompt that is being read is not among them, but known here.
   */
  writePromptTokens(values: Float64Array, at: number, replica: ReplicaView, nowUs: number): void {
    const { sentPromptTokensSince, waiting } = replica.reported;
    const own = replica.awaitingPromptTokens;
    const there = waiting * this.#meanPrompt + this.#sentWeight * sentPromptTokensSince;
    values[at] = Math.max(this.#sentWeight * own, there);
    this.own[0] = own;
    this.mixIn(values, at, replica, nowUs);
  }

  /** Share of the KV blocks in use. Which tokens have gone since is not known, so none have. */
  writeKvUsage(values: Float64Array, at: number, replica: ReplicaView, nowUs: number): void {
    const kvTokens = replica.kvTokens > 0 ? replica.kvTokens : assumedKvTokens;
    const { kvUsage, sentPromptTokensSince } = replica.reported;
    values[at] = kvUsage + (this.#sentWeight * sentPromptTokensSince) / kvTokens;
    this.own[0] = replica.inFlightPromptTokens / kvTokens;
    this.mixIn(values, at, replica, nowUs);
  }

  /**
   * Makes of what was reported and what is known here, which stands in `own`, what to believe. A
   * metric that is absent leaves only the latter.
   */
  mixIn(values: Float64Array, at: number, { reported }: ReplicaView, nowUs: number): void {
    const ageUs = nowUs - reported.sampledAtUs;
    const own = this.own[0]!;
    if (!(ageUs < this.#dropAfterUs) || Number.isNaN(values[at])) {
      values[at] = own;
    } else if (ageUs > this.#discountAfterUs) {
      const trust = (this.#dropAfterUs - ageUs) / (this.#dropAfterUs - this.#discountAfterUs);
      values[at] = trust * values[at]! + (1 - trust) * own;
    }
  }

  /** Its prompt is one of those of which the usual length is learned. */
  learnPrompt({ promptTokens }: RequestView): void {
    this.#meanPrompt += (promptTokens - this.#meanPrompt) / meanOver;
  }

  /** By how many requests a replica has more than it reported, as far as this gateway knows. */
  change({ reported }: ReplicaView): number {
    return this.#sentWeight * reported.sentSince - this.#endedWeight * reported.endedSince;
  }
}
