import { z } from 'zod';
import type { Random } from '../core/random.ts';
import { US_PER_S, usOf } from '../core/time.ts';
import { count, duration, share } from './quantities.ts';
import { type SurgeSpell, surgeProblems, surgeSpells } from './surges.ts';
import { zipfChoice } from './zipf-choice.ts';

const weekUs = 168 * 3_600 * US_PER_S;

/** Many tenants of one kind, some of whom send far more than others. */
export const populationSchema = z.strictObject({
  tenants: count({ max: 100_000, example: 300 }).describe('How many: chat-1, chat-2, …'),
  zipf: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .meta({ examples: [1.2] })
    .describe('How unequally they send: the nth in proportion to n^-zipf; 0 is equally.'),
  surges: z
    .array(
      z.strictObject({
        tenant: count({ max: 100_000, example: 7 }).describe('Number of the tenant.'),
        share: share({ example: 0.4 }).describe('Its share of the traffic while it lasts.'),
        from: duration({ minUs: 0, maxUs: weekUs, example: '10m' }),
        until: duration({ minUs: 0, maxUs: weekUs, example: '13m' }),
      }),
    )
    .max(100)
    .default([])
    .describe('Times in which one of them sends far more than usual.'),
});

/** What is wrong with options that are each right by themselves, and where. */
export function* populationProblems({ surges, tenants }: PopulationOptions) {
  yield* surgeProblems(surges);
  for (const [index, { from, tenant, until }] of surges.entries()) {
    if (tenant > tenants) {
      const text = `there are ${tenants} tenants, so none is number ${tenant}.`;
      yield { path: ['surges', index, 'tenant'], text };
    }
    if (usOf(until) <= usOf(from)) {
      yield { path: ['surges', index, 'until'], text: `${until} does not come after ${from}.` };
    }
  }
}

export type PopulationOptions = z.output<typeof populationSchema>;

/** Draws who sends, by index. */
export class Population {
  readonly #choose: () => number;
  readonly #random: Random;
  readonly #spells: readonly SurgeSpell[];

  constructor(options: PopulationOptions, chance: (purpose: string) => Random) {
    const { tenants, zipf } = options;
    this.#choose = zipfChoice(tenants, zipf, chance('population'));
    this.#random = chance('surges');
    this.#spells = surgeSpells(options);
  }

  next(nowUs: number): number {
    const usual = this.#choose();
    const spell = this.#spells.find(({ fromUs, untilUs }) => nowUs >= fromUs && nowUs < untilUs);
    if (spell === undefined) return usual;
    const at = this.#random();
    return spell.moved.find(({ below }) => at < below)?.index ?? usual;
  }
}
