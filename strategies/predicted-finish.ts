import { z } from 'zod';
import { assert } from '../core/assert.ts';
import type { Random } from '../core/random.ts';
import { US_PER_S } from '../core/time.ts';
import { Abandonment } from './shared/abandonment.ts';
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
  readonly promptWeight: number;
  readonly harmWeight: number;
  readonly latePenaltyS: number;
}

/** Differences below this share say nothing; chance is better than always the same. */
const asGood = 0.001;
/** Of a limit: who is forecast to take longer will be late, as forecasts go. */
const lateFrom = 0.7;
/** More than any answer in time could cost, times the microseconds to its first token. */
const lateCost = 1e21;
/** More than anything that works could cost. */
const brokenCost = 1e24;

/**
 * Every candidate is asked for its forecast, and costs what is predicted in weighted microseconds.
 * A prompt is taken to be cached where it was sent, as far as a cache of that size would keep it.
 *
 * Under overload there is no place where everybody would be in time, and to be fair is to be late
 * everywhere. As long as clients wait patiently that is the best there is; but once they go away,
 * what was spent on them is lost. So those that would be late are then kept together, where most
 * is late already, and the other replicas stay good.
 */
class PredictedFinish implements Strategy {
  readonly #weights: Weights;
  readonly #abandonment = new Abandonment();
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
      this.#weigh(request, this.#twin.forecast(this.#question, replica, nowUs), i, nowUs);
      assert(costs[i]! < Number.POSITIVE_INFINITY, 'a forecast is a number');
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
    this.#abandonment.ended(end.outcome);
    this.#twin.onEnded(request, replica, end, nowUs);
    if (request.prefixHashes.length > 0) this.#index.occupy(end.outputTokens, replica, nowUs);
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

  #weigh(
    { arrivalUs, limits }: RequestView,
    forecast: Readonly<Forecast>,
    candidate: number,
    nowUs: number,
  ): void {
    const { harmUs, isBroken, outputTokens, promptUs, tpotUs, ttftUs } = forecast;
    const { harmWeight, latePenaltyS, promptWeight, ttftWeight } = this.#weights;
    const waitUs = nowUs - arrivalUs + ttftUs;
    const isLate = waitUs > lateFrom * limits.ttftUs || tpotUs > lateFrom * limits.tpotUs;
    this.#costs.values[candidate] =
      ttftWeight * ttftUs +
      promptWeight * promptUs +
      outputTokens * tpotUs +
      harmWeight * harmUs +
      latePenaltyS * US_PER_S * (missed(waitUs, limits.ttftUs) + missed(tpotUs, limits.tpotUs)) +
      (isLate && this.#abandonment.isCommon ? lateCost / ttftUs : 0) +
      (isBroken ? brokenCost : 0);
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
    'The least cost in seconds as a twin of each replica predicts it: own latency, and harm to others by the haste they are in; once clients give up, late ones are kept together.',
  needs: ['prefix', 'signals', 'twin'],
  options: {
    ttftWeight: weight(40).describe(
      'What a second before the first token weighs beside one after.',
    ),
    promptWeight: weight(8).describe(
      'What a second of computing the prompt weighs on top, because others will wait for it.',
    ),
    harmWeight: weight(0.04).describe(
      'What a second that others lose weighs, or more if they may lose less than this one.',
    ),
    latePenaltyS: weight(50).describe('Seconds that a limit weighs which will be missed.'),
  },
  create(weights, { blockTokens, random, twin }) {
    assert(twin !== undefined, 'the harness gives a twin to who needs it');
    return new PredictedFinish(weights, twin, random, blockTokens);
  },
});
