import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { Reports, reportOptions } from './shared/reported.ts';
import { SlidingSum } from './shared/sliding-sum.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

const options = {
  windowS: z
    .number()
    .min(1)
    .max(3_600)
    .default(60)
    .meta({ examples: [60] })
    .describe('Over how many seconds answers are counted.'),
  ...reportOptions,
};

type Options = z.output<z.ZodObject<typeof options>>;

const windowParts = 60;

/**
 * The `load-balance` rule of AIBrix, which asks Prometheus for the rate and is a minute late; here
 * answers are counted as they end. One more answer than was counted is assumed, or a replica
 * without any would divide by zero; its requests in flight then speak for or against it.
 */
class DrainRate implements Strategy {
  readonly #draws: Draws;
  readonly #windowUs: number;
  readonly #reports: Reports;
  readonly #answers: SlidingSum;
  readonly #costs = new Costs();
  readonly #usage = new Float64Array(2);

  constructor(given: Options, { random }: StrategyContext) {
    this.#draws = new Draws(random);
    this.#windowUs = given.windowS * US_PER_S;
    this.#reports = new Reports(given);
    this.#answers = new SlidingSum(this.#windowUs, windowParts);
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const values = this.#costs.of(candidates);
    for (let i = 0; i < candidates.length; i++) this.#writePendingUs(i, candidates[i]!, nowUs);
    let best = 0;
    let ties = 1;
    for (let i = 1; i < candidates.length; i++) {
      if (values[i]! > values[best]!) continue;
      const isTie = values[i] === values[best];
      const order = isTie ? this.#emptier(candidates[i]!, candidates[best]!, nowUs) : 1;
      if (order < 0) continue;
      ties = order > 0 ? 1 : ties + 1;
      if (this.#draws.isKept(ties)) best = i;
    }
    return candidates[best]!;
  }

  onEnded(_: RequestView, { index }: ReplicaView, end: AttemptEnd, nowUs: number): void {
    if (end.outcome === 'ok') this.#answers.add(index, 1, nowUs);
  }

  onJoined({ index }: ReplicaView): void {
    this.#answers.clear(index);
  }

  /** Until what is in flight has ended, if it goes on as of late. */
  #writePendingUs(at: number, { inFlight, index, joinedUs }: ReplicaView, nowUs: number): void {
    const seenUs = Math.max(1, Math.min(this.#windowUs, nowUs - joinedUs));
    this.#costs.values[at] = (inFlight * seenUs) / (1 + this.#answers.get(index, nowUs));
  }

  /** 1 if the first uses less of its KV cache, -1 if more. */
  #emptier(first: ReplicaView, second: ReplicaView, nowUs: number): number {
    const usage = this.#usage;
    this.#reports.writeKvUsage(usage, 0, first, nowUs);
    this.#reports.writeKvUsage(usage, 1, second, nowUs);
    return Math.sign(usage[1]! - usage[0]!);
  }
}

export default defineStrategy({
  name: 'drain-rate',
  family: 'latency',
  summary:
    "The fewest requests in flight over the answers per second of the last minute (AIBrix's load-balance); ties by KV use, then by chance.",
  needs: ['signals'],
  options,
  create: (given, context) => new DrainRate(given, context),
});
