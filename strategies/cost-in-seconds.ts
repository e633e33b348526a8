import { z } from 'zod';
import { US_PER_S } from '../core/time.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { PrefillRates } from './shared/prefill-rates.ts';
import { Reports, reportOptions } from './shared/reported.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

const options = {
  kvBarrierS: z
    .number()
    .min(0)
    .max(1_000)
    .default(0.15)
    .meta({ examples: [0.15] })
    .describe('Seconds that a KV cache half full costs; it grows without limit as it fills.'),
  prefillTokensPerS: z
    .number()
    .positive()
    .max(1e9)
    .default(2_000)
    .meta({ examples: [2_000] })
    .describe('Prompt tokens a replica is taken to read per second until its rate is learned.'),
  countOwnPrompt: z
    .boolean()
    .default(false)
    .meta({ examples: [true] })
    .describe('Add the time its own prompt takes there, which tells fast replicas from slow ones.'),
  ...reportOptions,
};

type Options = z.output<z.ZodObject<typeof options>>;

/** As in smg, which never lets the barrier become infinite. */
const fullest = 0.999;

/**
 * The `least_load` policy of smg: drain time of the prompts to be read, and a barrier against a full
 * KV cache, both in seconds. There, ties go to the first and the rate is given; here it is learned
 * per replica.
 */
class CostInSeconds implements Strategy {
  readonly #options: Options;
  readonly #draws: Draws;
  readonly #reports: Reports;
  readonly #rates: PrefillRates;
  readonly #costs = new Costs();
  readonly #kvUsage = new Costs();

  constructor(given: Options, { random }: StrategyContext) {
    this.#options = given;
    this.#draws = new Draws(random);
    this.#reports = new Reports(given);
    this.#rates = new PrefillRates(given.prefillTokensPerS);
  }

  pick(request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const ownTokens = this.#options.countOwnPrompt ? request.promptTokens : 0;
    const values = this.#costs.of(candidates);
    for (let i = 0; i < candidates.length; i++) {
      const replica = candidates[i]!;
      this.#reports.writePromptTokens(values, i, replica, nowUs);
      values[i]! += ownTokens;
      this.#rates.tokensToUs(values, i, replica, nowUs);
    }
    const usage = this.#kvUsage.of(candidates);
    for (let i = 0; i < candidates.length; i++) {
      this.#reports.writeKvUsage(usage, i, candidates[i]!, nowUs);
      const full = Math.min(fullest, usage[i]!);
      values[i]! += (this.#options.kvBarrierS * US_PER_S * full) / (1 - full);
    }
    return this.#costs.least(candidates, this.#draws);
  }

  onDispatched(request: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#reports.learnPrompt(request);
    this.#rates.sent(replica, nowUs);
  }

  onFirstToken(request: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#rates.read(request, replica, nowUs);
  }

  onEnded(_request: RequestView, replica: ReplicaView, _end: AttemptEnd, nowUs: number): void {
    this.#rates.ended(replica, nowUs);
  }

  onJoined(replica: ReplicaView): void {
    this.#rates.forget(replica);
  }
}

export default defineStrategy({
  name: 'cost-in-seconds',
  family: 'cost',
  summary:
    "The least time to read all prompts that wait, plus a barrier against a full KV cache (smg's least_load); ties by chance.",
  needs: ['signals'],
  options,
  create: (given, context) => new CostInSeconds(given, context),
});
