import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { FirstTokenTimes } from './shared/first-token-times.ts';
import { RecentSamples } from './shared/recent-samples.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

const options = {
  samples: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .meta({ examples: [10] })
    .describe('How many of the last requests of a replica are averaged.'),
  rememberS: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .meta({ examples: [60] })
    .describe('Age in seconds at which a sample is forgotten; a replica without any goes first.'),
  penaltyS: z
    .number()
    .min(0)
    .max(86_400)
    .default(1_000)
    .meta({ examples: [1_000] })
    .describe('What a request that failed or ran into its timeout counts for, in seconds.'),
  buffer: z
    .number()
    .min(0)
    .max(100)
    .default(0)
    .meta({ examples: [0.1] })
    .describe('All replicas count as equal whose cost is above the least by this share of it.'),
  countInFlight: z
    .boolean()
    .default(true)
    .meta({ examples: [false] })
    .describe('Multiply by the requests in flight; without that, all go to the last winner.'),
};

type Options = z.output<z.ZodObject<typeof options>>;

const penalised: ReadonlySet<AttemptEnd['outcome']> = new Set(['failed', 'broken', 'timeout']);

/**
 * `least_time` of nginx Plus and the latency routing of LiteLLM, which multiply by nothing or keep
 * the oldest samples for ever: here the newest count, and age out.
 */
class LowestResponseTime implements Strategy {
  readonly #options: Options;
  readonly #draws: Draws;
  readonly #times = new FirstTokenTimes();
  /** Times to first token, with when they were seen. */
  readonly #recent: RecentSamples;
  readonly #costs = new Costs();
  /** The usual mean, and the cost up to which all count as equal. */
  readonly #limits = new Float64Array(2);

  constructor(given: Options, { random }: StrategyContext) {
    this.#options = given;
    this.#draws = new Draws(random);
    this.#recent = new RecentSamples(given.samples);
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const values = this.#costs.of(candidates);
    let sumUs = 0;
    let known = 0;
    for (let i = 0; i < candidates.length; i++) {
      this.#writeMeanUs(values, i, candidates[i]!.index, nowUs);
      if (Number.isNaN(values[i])) continue;
      sumUs += values[i]!;
      known += 1;
    }
    this.#limits[0] = known > 0 ? sumUs / known : 1;
    this.#weigh(candidates, values);
    return this.#anyEqual(candidates, values);
  }

  onDispatched(request: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#times.sent(request, replica, nowUs);
  }

  onFirstToken(request: RequestView, replica: ReplicaView, nowUs: number): void {
    const ttftUs = this.#times.done(request, replica, nowUs);
    if (!Number.isNaN(ttftUs)) this.#recent.add(replica.index, ttftUs, nowUs);
  }

  onEnded(request: RequestView, replica: ReplicaView, end: AttemptEnd, nowUs: number): void {
    this.#times.done(request, replica, nowUs);
    if (!penalised.has(end.outcome)) return;
    this.#recent.add(replica.index, this.#options.penaltyS * US_PER_S, nowUs);
  }

  onJoined({ index }: ReplicaView): void {
    this.#recent.clear(index);
  }

  /** NaN when none is known. */
  #writeMeanUs(values: Float64Array, at: number, index: number, nowUs: number): void {
    const sinceUs = nowUs - this.#options.rememberS * US_PER_S;
    const known = this.#recent.count(index);
    let sumUs = 0;
    let count = 0;
    for (; count < known; count++) {
      const place = this.#recent.place(index, count);
      if (this.#recent.tags[place]! < sinceUs) break;
      sumUs += this.#recent.values[place]!;
    }
    values[at] = count === 0 ? Number.NaN : sumUs / count;
  }

  /**
   * Makes costs of means. Who is not known and idle costs nothing, and so is
   * tried; once it has something it counts as usual, or all would go there until its first token.
   */
  #weigh(candidates: readonly ReplicaView[], values: Float64Array): void {
    const usualUs = this.#limits[0]!;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      const { inFlight } = candidates[i]!;
      if (Number.isNaN(values[i])) values[i] = inFlight === 0 ? 0 : usualUs;
      if (this.#options.countInFlight) values[i]! *= inFlight + 1;
      least = Math.min(least, values[i]!);
    }
    this.#limits[1] = least * (1 + this.#options.buffer);
  }

  #anyEqual(candidates: readonly ReplicaView[], values: Float64Array): ReplicaView {
    const most = this.#limits[1]!;
    let chosen = 0;
    let equals = 0;
    for (let i = 0; i < candidates.length; i++) {
      if (values[i]! > most) continue;
      equals += 1;
      if (this.#draws.isKept(equals)) chosen = i;
    }
    return candidates[chosen]!;
  }
}

export default defineStrategy({
  name: 'lowest-response-time',
  family: 'latency',
  summary:
    'The lowest mean time to first token of late, times the requests in flight, as least_time of nginx Plus; ties by chance.',
  options,
  create: (given, context) => new LowestResponseTime(given, context),
});
