import type { Passage } from '../../core/passage.ts';
import { defineJob, type Round, tokensOf } from '../jobs.ts';
import { countOption, createCount, createLength, lengthOption } from '../length-option.ts';
import { PrefixTree, prefixSchema } from '../prefix-tree.ts';
import { count, share } from '../quantities.ts';
import { createWait, waitOption } from '../waits.ts';

const mostTurns = 10_000;

const options = {
  prefix: prefixSchema.default([]).describe('What is shared with other conversations.'),
  context: lengthOption(4_000)
    .describe('What the user brings along, before the first question.')
    .optional(),
  turns: countOption({ max: mostTurns, example: 4 }).describe('How many questions.'),
  question: lengthOption(50).describe('Tokens of a question.'),
  answer: lengthOption(300).describe('Tokens of an answer.'),
  think: waitOption().default('30s').describe('From an answer to the next question.'),
  leaveShare: share({ example: 0.1 })
    .optional()
    .describe('Share of the answers after which the user does not come back.'),
  maxTokens: count({ max: 10_000_000, example: 131_072 })
    .min(16)
    .default(131_072)
    .describe('The conversation ends before it grows longer; its first turn is cut to this.'),
};

export default defineJob({
  kind: 'conversation',
  summary: 'Questions and answers, each prompt holding all that was said before.',
  options,
  create(given, context) {
    const { chance, texts } = context;
    const { leaveShare, maxTokens } = given;
    const turns = createCount(given.turns, mostTurns, chance('turns'));
    const question = createLength(given.question, chance('question'));
    const answer = createLength(given.answer, chance('answer'));
    const brought =
      given.context === undefined ? undefined : createLength(given.context, chance('context'));
    const think = createWait(given.think, chance('think'));
    const leaves = chance('leaves');
    const prefix = new PrefixTree(given.prefix, context);

    function next(member: number) {
      const drawn = prefix.next(member);
      // Room for a question and an answer of at least a token each.
      const shared = cut(drawn, maxTokens - 2);
      const roomTokens = maxTokens - tokensOf(shared);
      const text = texts.unique();
      const rounds: Round[] = [];
      let said = brought?.next() ?? 0;
      for (let left = turns(); left > 0; left--) {
        let asked = said + question.next();
        let outputTokens = answer.next();
        const isFirst = rounds.length === 0;
        const waitUs = isFirst ? 0 : think();
        if (asked + outputTokens > roomTokens) {
          if (!isFirst) break;
          outputTokens = Math.min(outputTokens, roomTokens - 1);
          asked = Math.min(asked, roomTokens - outputTokens);
        }
        const prompt = [...shared, { text, from: 0, tokens: asked }];
        rounds.push({
          waitUs,
          requests: [{ prompt, outputTokens, answer: { text, from: asked } }],
        });
        said = asked + outputTokens;
        if (leaveShare !== undefined && leaves() < leaveShare) break;
      }
      return { rounds };
    }
    return { next };
  },
});

/** The first so many tokens of a prompt. */
function cut(passages: readonly Passage[], mostTokens: number): Passage[] {
  let left = mostTokens;
  return passages.flatMap((passage) => {
    const tokens = Math.min(passage.tokens, left);
    left -= tokens;
    return tokens > 0 ? [{ ...passage, tokens }] : [];
  });
}
