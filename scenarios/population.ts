import { z } from 'zod';
import type { Random } from '../core/random.ts';
import { parseDurationUs, US_PER_S } from '../core/time.ts';
import { count, duration, share } from './quantities.ts';
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

export type PopulationOptions = z.output<typeof populationSchema>;

/** Draws who sends, by index. */
export class Population {
  readonly #choose: () => number;
  readonly #random: Random;
  readonly #surges: readonly { fromUs: number; untilUs: number; share: number; index: number }[];

  constructor({ surges, tenants, zipf }: PopulationOptions, chance: (purpose: string) => Random) {
    this.#choose = zipfChoice(tenants, zipf, chance('population'));
    this.#random = chance('surges');
    this.#surges = surges.map(({ from, share, tenant, until }) => ({
      fromUs: parseDurationUs(from)!,
      untilUs: parseDurationUs(until)!,
      share,
      index: tenant - 1,
    }));
  }

  next(nowUs: number): number {
    const usual = this.#choose();
    for (const { fromUs, index, share, untilUs } of this.#surges) {
      if (nowUs >= fromUs && nowUs < untilUs && this.#random() < share) return index;
    }
    return usual;
  }
}
