import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { FirstTokenTimes } from './shared/first-token-times.ts';
import { PerReplica } from './shared/per-replica.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

const options = {
  variant: z
    .enum(['finagle', 'envoy'])
    .default('finagle')
    .meta({ examples: ['envoy'] })
    .describe('Whether a slow sample counts at once and fades, or all are averaged alike.'),
  choose: z
    .enum(['two', 'all'])
    .default('two')
    .meta({ examples: ['all'] })
    .describe('Among how many replicas: two different ones drawn by chance, or all.'),
  tauS: z
    .number()
    .positive()
    .max(86_400)
    .default(10)
    .meta({ examples: [10] })
    .describe('Time constant of the average in seconds.'),
  defaultTtftS: z
    .number()
    .positive()
    .max(86_400)
    .default(1)
    .meta({ examples: [1] })
    .describe('Time to first token taken for a replica of which none is known, in seconds.'),
};

type Options = z.output<z.ZodObject<typeof options>>;

/** For one that has got requests and has never answered: above all others, by its requests. */
const neverAnsweredUs = 1e6 * US_PER_S;

/**
 * Finagle's Peak EWMA and the variant that Envoy has among its contributed policies, on time to
 * first token. An attempt that ends without a token counts for as long as it took, and never makes
 * a replica look better: who refuses at once would else get everything.
 */
class PeakEwma implements Strategy {
  readonly #options: Options;
  readonly #draws: Draws;
  readonly #tauUs: number;
  readonly #defaultTtftUs: number;
  readonly #times = new FirstTokenTimes();
  readonly #meanUs = new PerReplica(Number.NaN);
  readonly #sampledUs = new PerReplica(0);
  readonly #costs = new Costs();

  constructor(given: Options, { random }: StrategyContext) {
    this.#options = given;
    this.#draws = new Draws(random);
    this.#tauUs = given.tauS * US_PER_S;
    this.#defaultTtftUs = given.defaultTtftS * US_PER_S;
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const values = this.#costs.of(candidates);
    if (this.#options.choose === 'two') {
      const first = this.#draws.below(candidates.length);
      const a = candidates[first]!;
      const b = candidates[this.#draws.another(first, candidates.length)]!;
      this.#writeCost(values, 0, a, nowUs);
      this.#writeCost(values, 1, b, nowUs);
      return values[1]! < values[0]! ? b : a;
    }
    for (let i = 0; i < candidates.length; i++) this.#writeCost(values, i, candidates[i]!, nowUs);
    return this.#costs.least(candidates, this.#draws);
  }

  onDispatched(request: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#times.sent(request, replica, nowUs);
  }

  onFirstToken(request: RequestView, replica: ReplicaView, nowUs: number): void {
    const ttftUs = this.#times.done(request, replica, nowUs);
    if (!Number.isNaN(ttftUs)) this.#sample(replica.index, ttftUs, nowUs);
  }

  onEnded(request: RequestView, replica: ReplicaView, end: AttemptEnd, nowUs: number): void {
    const waitedUs = this.#times.done(request, replica, nowUs);
    if (Number.isNaN(waitedUs) || end.outcome === 'truncated') return;
    const { index } = replica;
    const meanUs = this.#meanUs.upTo(index)[index]!;
    if (waitedUs > meanUs) this.#sample(index, waitedUs, nowUs);
    const isGivenUp = end.outcome === 'cancelled' || end.outcome === 'outrun';
    if (!Number.isNaN(meanUs) || isGivenUp) return;
    this.#sample(index, Math.max(waitedUs, this.#defaultTtftUs), nowUs);
  }

  onJoined({ index }: ReplicaView): void {
    this.#meanUs.upTo(index)[index] = Number.NaN;
  }

  #writeCost(values: Float64Array, at: number, replica: ReplicaView, nowUs: number): void {
    const { inFlight, index } = replica;
    const { variant } = this.#options;
    const meanUs = this.#meanUs.upTo(index)[index]!;
    if (!Number.isNaN(meanUs)) {
      const fadedUs = nowUs - this.#sampledUs.upTo(index)[index]!;
      const kept = variant === 'finagle' ? Math.exp(-fadedUs / this.#tauUs) : 1;
      values[at] = meanUs * kept * (inFlight + 1);
    } else if (inFlight > 0) {
      values[at] = neverAnsweredUs + inFlight;
    } else {
      values[at] = variant === 'envoy' ? this.#defaultTtftUs : 0;
    }
  }

  #sample(index: number, ttftUs: number, nowUs: number): void {
    const means = this.#meanUs.upTo(index);
    const sampledUs = this.#sampledUs.upTo(index);
    const meanUs = means[index]!;
    const kept = Math.exp((sampledUs[index]! - nowUs) / this.#tauUs);
    sampledUs[index] = nowUs;
    const isPeak = this.#options.variant === 'finagle' && ttftUs > meanUs * kept;
    const isFirst = Number.isNaN(meanUs);
    means[index] = isFirst || isPeak ? ttftUs : meanUs * kept + ttftUs * (1 - kept);
  }
}

export default defineStrategy({
  name: 'peak-ewma',
  family: 'latency',
  summary:
    "The lower product of the average time to first token and the requests in flight, of two replicas (Finagle's and Envoy's peak EWMA).",
  options,
  create: (given, context) => new PeakEwma(given, context),
});
