import { z } from 'zod';
import { assert } from '../core/assert.ts';
import type { Random } from '../core/random.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import type { FleetTwin, Forecast } from './shared/fleet-twin.ts';
import { PrefixIndex } from './shared/prefix-index.ts';
import {
  type AttemptEnd,
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
} from './strategy.ts';

interface Weights {
  readonly ttftWeight: number;
  readonly harmWeight: number;
  readonly missPenaltyS: number;
}

/** Differences below this share say nothing; chance is better than always the same. */
const asGood = 0.001;
/** More than anything that works could cost. */
const brokenUs = 1e12;

class PredictedFinish implements Strategy {
  readonly #weights: Weights;
  readonly #costs = new Costs();
  readonly #draws: Draws;
  readonly #twin: FleetTwin;
  readonly #index: PrefixIndex;
  readonly #blockTokens: number;
  readonly #question: { request: RequestView; cachedTokens: number };

  constructor(weights: Weights, twin: FleetTwin, random: Random, blockTokens: number) {
    this.#weights = weights;
    this.#draws = new Draws(random);
    this.#twin = twin;
    this.#blockTokens = blockTokens;
    this.#index = new PrefixIndex({ blockTokens, blocksPerReplica: 0, blocksPerPrompt: 0 });
    this.#question = { request: undefined as unknown as RequestView, cachedTokens: 0 };
  }

  pick(request: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    const costs = this.#costs.of(candidates);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      const replica = candidates[i]!;
      this.#ask(request, replica);
      this.#weigh(request, this.#twin.forecast(this.#question, replica, nowUs), i);
      if (costs[i]! < least) least = costs[i]!;
    }
    let best = 0;
    let ties = 0;
    for (let i = 0; i < candidates.length; i++) {
      if (costs[i]! <= least * (1 + asGood) && this.#draws.isKept(++ties)) best = i;
    }
    return candidates[best]!;
  }

  onDispatched(request: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#ask(request, replica);
    this.#twin.onDispatched(this.#question, replica, nowUs);
    this.#index.insert(request.prefixHashes, replica, nowUs);
  }

  onFirstToken(request: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#twin.onFirstToken(request, replica, nowUs);
  }

  onEnded(request: RequestView, replica: ReplicaView, end: AttemptEnd, nowUs: number): void {
    this.#twin.onEnded(request, replica, end, nowUs);
  }

  onReported(replica: ReplicaView, nowUs: number): void {
    this.#twin.onReported(replica, nowUs);
  }

  onJoined(replica: ReplicaView): void {
    this.#twin.onJoined(replica);
    this.#index.clear(replica);
  }

  #ask(request: RequestView, replica: ReplicaView): void {
    const { prefixHashes } = request;
    const blocks = this.#index.match(prefixHashes, replica, Number.NEGATIVE_INFINITY);
    this.#question.request = request;
    this.#question.cachedTokens = blocks * this.#blockTokens;
  }

  /** Writes down a cost in weighted microseconds. */
  #weigh({ limits }: RequestView, forecast: Readonly<Forecast>, candidate: number): void {
    const { harmUs, isBroken, outputTokens, tpotUs, ttftUs } = forecast;
    const { harmWeight, missPenaltyS, ttftWeight } = this.#weights;
    const misses = missed(ttftUs, limits.ttftUs) + missed(tpotUs, limits.tpotUs);
    this.#costs.values[candidate] =
      ttftWeight * ttftUs +
      outputTokens * tpotUs +
      harmWeight * harmUs +
      missPenaltyS * 1e6 * misses +
      (isBroken ? brokenUs : 0);
  }
}

/** From 0 to 1 around a limit, because a forecast is not to be believed to the last per cent. */
function missed(forecastUs: number, limitUs: number): number {
  const ratio = forecastUs / limitUs;
  return ratio <= 0.8 ? 0 : ratio >= 1.2 ? 1 : (ratio - 0.8) / 0.4;
}

const weight = (by: number) =>
  z
    .number()
    .min(0)
    .max(1e6)
    .default(by)
    .meta({ examples: [by] });

export default defineStrategy({
  name: 'predicted-finish',
  family: 'cost',
  summary:
    'The least cost in seconds as a twin of each replica predicts it: own latency against its SLO, and harm to others.',
  needs: ['prefix', 'signals', 'twin'],
  options: {
    ttftWeight: weight(40).describe(
      'What a second before the first token weighs beside one after.',
    ),
    harmWeight: weight(0.1).describe('What a second that others lose weighs.'),
    missPenaltyS: weight(0).describe('Seconds that a limit weighs which will be missed.'),
  },
  create(weights, { blockTokens, random, twin }) {
    assert(twin !== undefined, 'the harness gives a twin to who needs it');
    return new PredictedFinish(weights, twin, random, blockTokens);
  },
});
