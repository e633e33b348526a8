import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { PerReplica } from './shared/per-replica.ts';
import { PrefillRates } from './shared/prefill-rates.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

const options = {
  margin: z
    .number()
    .min(0.1)
    .max(100)
    .default(3)
    .meta({ examples: [1.5] })
    .describe('Predictions are multiplied by it, because a tight fit is as often too tight.'),
  ttftWeight: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .meta({ examples: [0.8] })
    .describe('Share of time to first token in the slack; the rest is time per output token.'),
  prefillTokensPerS: z
    .number()
    .positive()
    .max(1e9)
    .default(2_000)
    .meta({ examples: [2_000] })
    .describe('Prompt tokens a replica is taken to read per second until its rate is learned.'),
};

type Options = z.output<z.ZodObject<typeof options>>;

/** What is better than what, whatever the slack; each is further from the next than slack goes. */
const tier = { keepsBoth: 0, idle: 1, tpotLate: 2, ttftLate: 3, bothLate: 4 };
const tierStep = 1e9;
const mostSlack = 1e8;

const meanOver = 32;

/**
 * After the latency predictor of llm-d: of the replicas that keep the limits of the request the one
 * with the least to spare, so that those with more stay free for who needs them; if none keeps
 * them, an idle one, then who is late in one of both, the least late first. There a regression over
 * scraped metrics predicts; here it is the prompts this gateway has waiting there, at the rate
 * learned from first tokens, and the average time per output token, taken to grow with the
 * requests. Limits on the whole answer are not looked at: its length is not known.
 */
class SloSlack implements Strategy {
  readonly #options: Options;
  readonly #draws: Draws;
  readonly #rates: PrefillRates;
  readonly #tpotUs = new PerReplica(0);
  /** Requests in flight when answers of this time per token ended. */
  readonly #usual = new PerReplica(0);
  readonly #firstTokenUs = new Map<number, number>();
  readonly #costs = new Costs();

  constructor(given: Options, { random }: StrategyContext) {
    this.#options = given;
    this.#draws = new Draws(random);
    this.#rates = new PrefillRates(given.prefillTokensPerS);
  }

  pick(request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const values = this.#costs.of(candidates);
    for (let i = 0; i < candidates.length; i++) {
      const replica = candidates[i]!;
      values[i] = replica.awaitingPromptTokens + request.promptTokens;
      this.#rates.tokensToUs(values, i, replica, nowUs);
      values[i]! *= this.#options.margin;
    }
    for (let i = 0; i < candidates.length; i++) {
      this.#rank(values, i, request, candidates[i]!, nowUs);
    }
    return this.#costs.least(candidates, this.#draws);
  }

  onDispatched(_request: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#rates.sent(replica, nowUs);
  }

  onFirstToken(request: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#rates.read(request, replica, nowUs);
    this.#firstTokenUs.set(request.id, nowUs);
  }

  onEnded({ id }: RequestView, replica: ReplicaView, end: AttemptEnd, nowUs: number): void {
    this.#rates.ended(replica, nowUs);
    const firstTokenUs = this.#firstTokenUs.get(id);
    this.#firstTokenUs.delete(id);
    if (firstTokenUs === undefined || !(end.outputTokens > 1)) return;
    const { index } = replica;
    const means = this.#tpotUs.upTo(index);
    const tpotUs = (nowUs - firstTokenUs) / (end.outputTokens - 1);
    const usual = this.#usual.upTo(index);
    const weight = means[index] === 0 ? 1 : 1 / meanOver;
    means[index]! += weight * (tpotUs - means[index]!);
    usual[index]! += weight * (replica.inFlight + 1 - usual[index]!);
  }

  onJoined(replica: ReplicaView): void {
    this.#rates.forget(replica);
    this.#tpotUs.upTo(replica.index)[replica.index] = 0;
  }

  /** Makes a cost of the predicted time until the prompt is read. */
  #rank(
    values: Float64Array,
    at: number,
    { arrivalUs, limits }: RequestView,
    { index, inFlight }: ReplicaView,
    nowUs: number,
  ): void {
    const { margin, ttftWeight } = this.#options;
    const prefillUs = values[at]!;
    const crowd = Math.max(1, (inFlight + 1) / this.#usual.upTo(index)[index]!);
    const known = this.#tpotUs.upTo(index)[index]!;
    const tpotUs = known > 0 ? margin * crowd * known : 0;
    // Without a limit this is 1, and so it is without any experience.
    const tpotSlack = 1 - tpotUs / limits.tpotUs;
    // Who has no limit on it is served soonest.
    if (limits.ttftUs === Number.POSITIVE_INFINITY) {
      const kept = tpotSlack >= 0 ? tier.keepsBoth : tier.tpotLate;
      values[at] = kept * tierStep + Math.min(prefillUs, mostSlack);
      return;
    }
    const ttftSlack = (limits.ttftUs - (nowUs - arrivalUs) - prefillUs) / limits.ttftUs;
    const slack = ttftWeight * ttftSlack + (1 - ttftWeight) * tpotSlack;
    const isKept = ttftSlack >= 0 && tpotSlack >= 0;
    values[at] = isKept
      ? tier.keepsBoth * tierStep + slack
      : tierOf(ttftSlack, tpotSlack, inFlight) * tierStep + Math.min(-slack, mostSlack);
  }
}

function tierOf(ttftSlack: number, tpotSlack: number, inFlight: number): number {
  if (inFlight === 0) return tier.idle;
  if (ttftSlack >= 0) return tier.tpotLate;
  return tpotSlack >= 0 ? tier.ttftLate : tier.bothLate;
}

export default defineStrategy({
  name: 'slo-slack',
  family: 'cost',
  summary:
    "Of the replicas predicted to keep the request's limits the one with the least to spare, else the least late (after llm-d's latency predictor).",
  options,
  create: (given, context) => new SloSlack(given, context),
});
