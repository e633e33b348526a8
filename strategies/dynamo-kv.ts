import { z } from 'zod';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { PrefixEvents } from './shared/prefix-events.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { PrefixMatches } from './shared/prefix-source.ts';
import { Reservations } from './shared/reservations.ts';
import {
  defineStrategy,
  type KvEvent,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

/** Seconds for which Dynamo predicts what its events have not said yet; they come within one. */
const speculationUs = 2e6;

function factor(initial: number, what: string) {
  return z
    .number()
    .min(0)
    .max(1_000)
    .default(initial)
    .meta({ examples: [initial] })
    .describe(what);
}

const options = {
  prefillWeight: factor(1, 'What a prompt block still to compute counts, against one in use.'),
  overlapWeight: factor(1, 'What a cached block counts as credit.'),
  overlapDecay: factor(
    0,
    'How much that credit shrinks where more is to compute than elsewhere, in prompts.',
  ),
  requestWeight: factor(0, 'Blocks that each request in flight counts besides.'),
  temperature: factor(
    0,
    'Above 0 a draw by the softmax of the costs, with so many times their range as temperature.',
  ),
  ...prefixOptions,
};
type Options = Readonly<z.output<z.ZodObject<typeof options>>>;

export default defineStrategy({
  name: 'dynamo-kv',
  family: 'prefix',
  summary:
    'The least sum of prompt blocks still to compute there and blocks in use there, with what KV events say is cached as credit: the KV router of NVIDIA Dynamo.',
  needs: ['prefix', 'kv-events'],
  options,
  create: (given, context) => new DynamoKv(given, context),
});

/** Costs become chances in proportion to exp(-cost / (range * temperature)). */
function softmaxInto(costs: Float64Array, count: number, temperature: number): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    least = Math.min(least, costs[i]!);
    most = Math.max(most, costs[i]!);
  }
  const scale = (most - least) * temperature;
  for (let i = 0; i < count; i++) {
    costs[i] = scale > 0 ? Math.exp((least - costs[i]!) / scale) : 1;
  }
}

/**
 * The cost of NVIDIA Dynamo's KV router (`lib/llm/src/kv_router/scheduler.rs`), in blocks. A block
 * that several running requests share counts once, as there: with whoever did not find it cached.
 * Ties go by chance; there by the order of a hash map.
 */
class DynamoKv implements Strategy {
  readonly #options: Options;
  readonly #blockTokens: number;
  readonly #draws: Draws;
  readonly #source: PrefixEvents;
  readonly #matches: PrefixMatches;
  readonly #toCompute = new Reservations();
  readonly #inUse = new Reservations();
  readonly #costs = new Costs();

  constructor(given: Options, { blockTokens, random }: StrategyContext) {
    this.#options = given;
    this.#blockTokens = blockTokens;
    this.#draws = new Draws(random);
    this.#source = new PrefixEvents({ ...given, blockTokens, speculationUs });
    this.#matches = new PrefixMatches(this.#source);
  }

  pick(request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const { temperature } = this.#options;
    this.#matches.find(request.prefixHashes, candidates, nowUs);
    const costs = this.#costs.of(candidates);
    this.#costsInto(costs, request, candidates);
    if (temperature === 0) return this.#costs.least(candidates, this.#draws);
    softmaxInto(costs, candidates.length, temperature);
    return this.#draws.inProportion(candidates, costs);
  }

  onDispatched(request: RequestView, replica: ReplicaView, nowUs: number): void {
    const { prefixHashes, promptTokens } = request;
    const cached = this.#source.match(prefixHashes, replica, nowUs);
    const uncached = Math.max(0, promptTokens / this.#blockTokens - cached);
    this.#toCompute.take(request, replica, uncached);
    this.#inUse.take(request, replica, uncached);
    this.#source.hooks.onDispatched!(request, replica, nowUs);
  }

  onFirstToken(request: RequestView, replica: ReplicaView): void {
    this.#toCompute.giveBack(request, replica);
  }

  onEnded(request: RequestView, replica: ReplicaView): void {
    this.#toCompute.giveBack(request, replica);
    this.#inUse.giveBack(request, replica);
  }

  onJoined(replica: ReplicaView, nowUs: number): void {
    this.#source.hooks.onJoined!(replica, nowUs);
  }

  onLeft(replica: ReplicaView, nowUs: number): void {
    this.#source.hooks.onLeft!(replica, nowUs);
  }

  onKvEvent(replica: ReplicaView, event: KvEvent, nowUs: number): void {
    this.#source.hooks.onKvEvent!(replica, event, nowUs);
  }

  #costsInto(
    costs: Float64Array,
    { promptTokens }: RequestView,
    candidates: readonly ReplicaView[],
  ): void {
    const { overlapDecay, overlapWeight, prefillWeight, requestWeight } = this.#options;
    const promptBlocks = Math.max(1, promptTokens / this.#blockTokens);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      least = Math.min(least, this.#toCompute.taken.get(candidates[i]!.index));
    }
    for (let i = 0; i < candidates.length; i++) {
      const { inFlight, index } = candidates[i]!;
      const cached = this.#matches.blocks[i]!;
      const ahead = this.#toCompute.taken.get(index);
      const decay = 1 / (1 + (overlapDecay * (ahead - least)) / promptBlocks);
      const prefill = Math.max(0, ahead + promptBlocks - overlapWeight * decay * cached);
      const decode = this.#inUse.taken.get(index) + promptBlocks - cached;
      costs[i] = prefillWeight * prefill + decode + requestWeight * inFlight;
    }
  }
}
