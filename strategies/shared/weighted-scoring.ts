import { z } from 'zod';
import type { KvEvent, ReplicaView, RequestView, Strategy, StrategyContext } from '../strategy.ts';
import { ColdTurns } from './cold-turns.ts';
import { Costs } from './costs.ts';
import { Draws } from './draws.ts';
import { prefixOptions } from './prefix-options.ts';
import { PrefixMatches, type PrefixSource } from './prefix-source.ts';
import { Reports, reportOptions } from './reported.ts';
import { type Scored, type Scorer, scorers } from './scorers.ts';

const weights = z.strictObject({
  queue: weight('Few waiting, by `/metrics`, between the most and the fewest of all.'),
  kv: weight('Little of the KV cache in use, by `/metrics`.'),
  prefix: weight('Much of the same prompt sent there before.'),
  running: weight('Few running, by `/metrics`, between the most and the fewest of all.'),
  active: weight('Nothing in flight, else few between the most and none.'),
  tokens: weight('Few prompt tokens in flight, of 4,194,304.'),
  loadAware: weight('Few waiting, by `/metrics`, of 128.'),
  noHitLru: weight('Longest without a prompt that nobody has had, for such prompts.'),
});

/** Options of every strategy that adds weighted scores. */
export const scorerOptions = {
  weights: weights
    .default(weights.parse({ queue: 2, kv: 2, prefix: 3 }))
    .meta({ examples: [{ queue: 2, kv: 2, prefix: 3 }] })
    .describe('What each score from 0 to 1 counts; those left out count nothing.'),
  picker: z
    .enum(['max-score', 'weighted', 'random'])
    .default('max-score')
    .meta({ examples: ['weighted'] })
    .describe('The highest sum, or by chance: in proportion to the sums, or all alike.'),
  ...reportOptions,
  // In llm-d nothing is added to a report, which is 50 ms old at most.
  correct: reportOptions.correct.default('nothing'),
  ...prefixOptions,
  blocksPerPrompt: prefixOptions.blocksPerPrompt.default(256),
};
export type ScorerOptions = Readonly<z.output<z.ZodObject<typeof scorerOptions>>>;

function weight(what: string) {
  return z
    .number()
    .min(0)
    .max(1_000)
    .default(0)
    .meta({ examples: [1] })
    .describe(what);
}

/**
 * The router of llm-d and the Kubernetes inference gateway: whoever has the highest sum of weighted
 * scores. Which replica has how much of a prompt it is told by a source.
 */
export class WeightedScoring implements Strategy {
  readonly #options: ScorerOptions;
  readonly #draws: Draws;
  readonly #source: PrefixSource;
  readonly #matches: PrefixMatches;
  readonly #coldTurns = new ColdTurns();
  readonly #used: readonly { readonly weight: number; readonly score: Scorer }[];
  readonly #looksAtPrompts: boolean;
  readonly #scored: { -readonly [Key in keyof Scored]: Scored[Key] };
  readonly #sums = new Costs();
  readonly #scores = new Costs();

  constructor(given: ScorerOptions, source: PrefixSource, { random }: StrategyContext) {
    this.#options = given;
    this.#draws = new Draws(random);
    this.#source = source;
    this.#matches = new PrefixMatches(source);
    const all = { ...scorers, noHitLru: this.#coldTurns.score };
    const names = Object.keys(all) as (keyof typeof all)[];
    this.#used = names
      .map((name) => ({ weight: given.weights[name], score: all[name] }))
      .filter(({ weight }) => weight > 0);
    this.#looksAtPrompts = given.weights.prefix > 0 || given.weights.noHitLru > 0;
    const reports = new Reports(given);
    this.#scored = { candidates: [], matches: this.#matches, promptBlocks: 0, reports, nowUs: 0 };
  }

  pick(
    { prefixHashes }: RequestView,
    candidates: readonly ReplicaView[],
    nowUs: number,
  ): ReplicaView {
    const { blocksPerPrompt, picker } = this.#options;
    const { length } = candidates;
    if (picker === 'random') return candidates[this.#draws.below(length)]!;
    if (this.#looksAtPrompts) this.#matches.find(prefixHashes, candidates, nowUs);
    const blocks = prefixHashes.length;
    const scored = this.#scored;
    scored.candidates = candidates;
    scored.nowUs = nowUs;
    scored.promptBlocks = blocksPerPrompt > 0 ? Math.min(blocksPerPrompt, blocks) : blocks;
    const sums = this.#sums.of(candidates);
    const own = this.#scores.of(candidates);
    // The highest sum is the lowest cost.
    const sign = picker === 'max-score' ? -1 : 1;
    for (let i = 0; i < length; i++) sums[i] = 0;
    for (let j = 0; j < this.#used.length; j++) {
      const { score, weight } = this.#used[j]!;
      score(scored, own);
      for (let i = 0; i < length; i++) sums[i]! += sign * weight * own[i]!;
    }
    if (picker === 'max-score') return this.#sums.least(candidates, this.#draws);
    return this.#draws.inProportion(candidates, sums);
  }

  onDispatched(request: RequestView, replica: ReplicaView, nowUs: number): void {
    if (!this.#looksAtPrompts) return;
    // The pick that was made just before has left its matches.
    if (this.#matches.most === 0) this.#coldTurns.sent(replica);
    this.#source.hooks.onDispatched!(request, replica, nowUs);
  }

  onJoined(replica: ReplicaView, nowUs: number): void {
    this.#source.hooks.onJoined!(replica, nowUs);
  }

  onLeft(replica: ReplicaView, nowUs: number): void {
    this.#source.hooks.onLeft!(replica, nowUs);
  }

  onKvEvent(replica: ReplicaView, event: KvEvent, nowUs: number): void {
    this.#source.hooks.onKvEvent?.(replica, event, nowUs);
  }
}
