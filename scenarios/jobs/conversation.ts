import { defineJob, type Round, tokensOf } from '../jobs.ts';
import { createLength, lengthOption } from '../length-option.ts';
import { PrefixTree, prefixSchema } from '../prefix-tree.ts';
import { share, tokens } from '../quantities.ts';
import { createWait, waitOption } from '../waits.ts';

export default defineJob({
  kind: 'conversation',
  summary: 'Questions and answers, each prompt holding all that was said before.',
  options: {
    prefix: prefixSchema.default([]).describe('What is shared with other conversations.'),
    context: lengthOption(4_000)
      .describe('What the user brings along, before the first question.')
      .optional(),
    turns: lengthOption(4).describe('How many questions.'),
    question: lengthOption(50).describe('Tokens of a question.'),
    answer: lengthOption(300).describe('Tokens of an answer.'),
    think: waitOption().default('30s').describe('From an answer to the next question.'),
    leaveShare: share({ example: 0.1 })
      .optional()
      .describe('Share of the answers after which the user does not come back.'),
    maxTokens: tokens().default(131_072).describe('The conversation ends before it grows longer.'),
  },
  create(options, context) {
    const { chance, texts } = context;
    const draw = (name: 'turns' | 'question' | 'answer') =>
      createLength(options[name], chance(name));
    const [turns, question, answer] = [draw('turns'), draw('question'), draw('answer')];
    const brought =
      options.context === undefined ? undefined : createLength(options.context, chance('context'));
    const think = createWait(options.think, chance('think'));
    const leaves = chance('leaves');
    const prefix = new PrefixTree(options.prefix, context);

    function next(member: number) {
      const shared = prefix.next(member);
      const text = texts.unique();
      const rounds: Round[] = [];
      let said = brought?.next() ?? 0;
      for (let left = turns.next(); left > 0; left--) {
        const asked = said + question.next();
        const outputTokens = answer.next();
        const waitUs = rounds.length === 0 ? 0 : think();
        const isTooLong = tokensOf(shared) + asked + outputTokens > options.maxTokens;
        if (isTooLong && rounds.length > 0) break;
        const prompt = [...shared, { text, from: 0, tokens: asked }];
        rounds.push({
          waitUs,
          requests: [{ prompt, outputTokens, answer: { text, from: asked } }],
        });
        said = asked + outputTokens;
        if (options.leaveShare !== undefined && leaves() < options.leaveShare) break;
      }
      return { rounds };
    }
    return { next };
  },
});
