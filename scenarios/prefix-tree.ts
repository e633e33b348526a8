import { z } from 'zod';
import { assert } from '../core/assert.ts';
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

/** Texts of one level, counted below all texts of the levels above. */
export const mostPrefixTexts = 1e9;

export type PrefixOptions = z.output<typeof prefixSchema>;

/** What is wrong with options that are each right by themselves, and where. */
export function* prefixProblems(options: PrefixOptions, members: number | undefined) {
  const [first] = options;
  if (members !== undefined && first !== undefined && (first.choices > 1 || first.zipf > 0)) {
    const text =
      'with a population each of its tenants has a text of this level to itself. ' +
      'Leave choices and zipf out.';
    yield { path: [0], text };
  }
  let texts = members ?? 1;
  for (const [depth, { choices }] of options.entries()) {
    texts *= depth === 0 && members !== undefined ? 1 : choices;
    if (texts <= mostPrefixTexts) continue;
    const text = `this makes more than ${mostPrefixTexts / 1e9} billion texts. Write fewer choices.`;
    yield { path: [depth, 'choices'], text };
    return;
  }
}

interface Level {
  readonly choose: () => number;
  readonly choices: number;
  readonly nextTokens: () => number;
  /** Of the texts that have been met, each its length. */
  readonly tokens: Map<number, number>;
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
      assert(nodes <= mostPrefixTexts, 'a tree has fewer texts than there are numbers for them');
      return {
        choose: zipfChoice(choices, zipf, chance(`prefix/${depth}`)),
        choices,
        nextTokens: () => length.next(),
        tokens: new Map(),
        firstText: texts.reserve(nodes),
      };
    });
  }

  /** The shared beginning of the next prompt, of a member of the population. */
  next(member: number): Passage[] {
    let node = 0;
    return this.#levels.map((level, depth) => {
      const choice = depth === 0 && this.#hasMembers ? member : level.choose();
      node = node * level.choices + choice;
      return { text: level.firstText + node, from: 0, tokens: tokensOf(level, node) };
    });
  }
}

/** Drawn when it is first asked for: of a billion texts a run meets a few. */
function tokensOf({ nextTokens, tokens }: Level, node: number): number {
  let known = tokens.get(node);
  if (known === undefined) {
    known = nextTokens();
    tokens.set(node, known);
  }
  return known;
}
