import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { Reports, reportOptions } from './shared/reported.ts';
import {
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

const options = {
  score: z
    .enum(['classic', 'since-2026'])
    .default('classic')
    .meta({ examples: ['since-2026'] })
    .describe('4 waiting + running, or the later one that also counts its own and the KV use.'),
  ties: z
    .enum(['product', 'random'])
    .default('product')
    .meta({ examples: ['random'] })
    .describe('As in vLLM (the first; since 2026 the next in turn), or by chance.'),
  ...reportOptions,
  correct: reportOptions.correct.default('sent'),
};

type Options = z.output<z.ZodObject<typeof options>>;

/**
 * What an API process of vLLM does with its data-parallel engines (`vllm/v1/engine/core_client.py`),
 * for whole replicas: there, reports come every 100 ms and each request sent counts as waiting
 * until the next. Reports that are too old leave the same score of what this gateway has there.
 */
class VllmDataParallel implements Strategy {
  readonly #options: Options;
  readonly #draws: Draws;
  readonly #reports: Reports;
  readonly #costs = new Costs();
  #start = 0;

  constructor(given: Options, { random }: StrategyContext) {
    this.#options = given;
    this.#draws = new Draws(random);
    this.#reports = new Reports(given);
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const { score, ties } = this.#options;
    const values = this.#costs.of(candidates);
    for (let i = 0; i < candidates.length; i++) this.#writeScore(values, i, candidates[i]!, nowUs);
    if (ties === 'random') return this.#costs.least(candidates, this.#draws);
    const start = score === 'classic' ? 0 : this.#start++ % candidates.length;
    let best = start;
    for (let step = 1; step < candidates.length; step++) {
      const at = (start + step) % candidates.length;
      if (values[at]! < values[best]!) best = at;
    }
    return candidates[best]!;
  }

  #writeScore(values: Float64Array, at: number, replica: ReplicaView, nowUs: number): void {
    const { kvUsage, running } = replica.reported;
    const { awaiting, inFlight } = replica;
    const waiting = Math.max(0, replica.reported.waiting + this.#reports.change(replica));
    const { own } = this.#reports;
    if (this.#options.score === 'classic') {
      values[at] = 4 * waiting + running;
      own[0] = 3 * awaiting + inFlight;
    } else {
      // A full cache makes waiting worse; one that says nothing of its cache is not called full.
      const penalty = kvUsage > 0.5 ? waiting * 6 * (kvUsage - 0.5) : 0;
      values[at] = Math.max(inFlight, waiting + running) + penalty;
      own[0] = inFlight;
    }
    this.#reports.mixIn(values, at, replica, nowUs);
  }
}

export default defineStrategy({
  name: 'vllm-dp',
  family: 'scraped',
  summary:
    "vLLM's own balancer of data-parallel engines: the lowest score of waiting and running requests; ties to the first, as there.",
  needs: ['signals'],
  options,
  create: (given, context) => new VllmDataParallel(given, context),
});
