import { z } from 'zod';
import type { Passage } from '../core/passage.ts';
import type { Random } from '../core/random.ts';
import { createLength, lengthOption } from './length-option.ts';
import { count } from './quantities.ts';
import type { Texts } from './texts.ts';
import { zipfChoice } from './zipf-choice.ts';

/** One level of what prompts share: a system prompt, the documents of a group, a user's profile. */
const levelSchema = z.strictObject({
  tokens: lengthOption(1_000).describe(
    'Length of a text of this level; each keeps the one it has drawn.',
  ),
  choices: count({ max: 100_000, example: 150 })
    .default(1)
    .describe('How many texts there are to choose from, below each text of the level above.'),
  zipf: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .meta({ examples: [0.8] })
    .describe('How unequally they are chosen: the nth in proportion to n^-zipf; 0 is equally.'),
});

/** What the prompts of a tenant begin with, level by level. */
export const prefixSchema = z
  .array(levelSchema)
  .max(8)
  .meta({ examples: [[{ tokens: 1000 }]] });

export type PrefixOptions = z.output<typeof prefixSchema>;

interface Level {
  readonly choose: () => number;
  readonly tokens: readonly number[];
  /** Text of the first choice below the first text of the level above. */
  readonly firstText: number;
}

export interface PrefixTreeContext {
  readonly texts: Texts;
  /** With a population: its size. Each member then has a text of the first level to itself. */
  readonly members?: number | undefined;
  chance(purpose: string): Random;
}

/**
 * A tree of texts that prompts share. A prompt begins with the texts on a path from the root; two
 * prompts have in common what their paths have in common.
 */
export class PrefixTree {
  readonly #levels: readonly Level[];
  readonly #hasMembers: boolean;

  constructor(options: PrefixOptions, { chance, members, texts }: PrefixTreeContext) {
    this.#hasMembers = members !== undefined;
    let nodes = 1;
    this.#levels = options.map(({ choices: given, tokens, zipf }, depth) => {
      const choices = depth === 0 && members !== undefined ? members : given;
      const length = createLength(tokens, chance(`prefix-tokens/${depth}`));
      nodes *= choices;
      return {
        choose: zipfChoice(choices, zipf, chance(`prefix/${depth}`)),
        tokens: Array.from({ length: choices }, () => length.next()),
        firstText: texts.reserve(nodes),
      };
    });
  }

  /** The shared beginning of the next prompt, of a member of the population. */
  next(member: number): Passage[] {
    let node = 0;
    return this.#levels.map(({ choose, firstText, tokens }, depth) => {
      const choice = depth === 0 && this.#hasMembers ? member : choose();
      node = node * tokens.length + choice;
      return { text: firstText + node, from: 0, tokens: tokens[choice]! };
    });
  }
}
