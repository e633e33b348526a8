import { z } from 'zod';
import { defineJob, type Round } from '../jobs.ts';
import { countOption, createCount, createLength, lengthOption } from '../length-option.ts';
import { PrefixTree } from '../prefix-tree.ts';
import { count, share } from '../quantities.ts';
import { createWait, waitOption } from '../waits.ts';

const mostQuestions = 10_000;

export default defineJob({
  kind: 'documents',
  summary: 'Questions about a document that others ask about, too: retrieval, contracts, manuals.',
  options: {
    documents: count({ max: 100_000, example: 2_000 }).describe(
      'How many there are, the same ones for all tenants of a population.',
    ),
    zipf: z
      .number()
      .min(0)
      .max(10)
      .default(0.8)
      .meta({ examples: [0.8] })
      .describe('How unequally they are asked for; 0 is equally.'),
    document: lengthOption(12_000).describe('Tokens of a document.'),
    questions: countOption({ max: mostQuestions, example: 3 }).describe('Questions of one visit.'),
    question: lengthOption(60).describe('Tokens of a question.'),
    answer: lengthOption(300).describe('Tokens of an answer.'),
    gap: waitOption().default('60s').describe('From an answer to the next question.'),
    withoutShare: share({ example: 0.2 })
      .optional()
      .describe('Share of the visits that are about no document.'),
  },
  create(options, { chance, texts }) {
    const questions = createCount(options.questions, mostQuestions, chance('questions'));
    const question = createLength(options.question, chance('question'));
    const answer = createLength(options.answer, chance('answer'));
    const gap = createWait(options.gap, chance('gap'));
    const without = chance('without');
    const { document: tokens, documents: choices, zipf } = options;
    const documents = new PrefixTree([{ tokens, choices, zipf }], { chance, texts });

    function next() {
      const hasNone = options.withoutShare !== undefined && without() < options.withoutShare;
      const document = hasNone ? [] : documents.next(0);
      const rounds: Round[] = [];
      for (let left = questions(); left > 0; left--) {
        const text = texts.unique();
        const tokens = question.next();
        const prompt = [...document, { text, from: 0, tokens }];
        const request = { prompt, outputTokens: answer.next(), answer: { text, from: tokens } };
        rounds.push({ waitUs: rounds.length === 0 ? 0 : gap(), requests: [request] });
      }
      return { rounds };
    }
    return { next };
  },
});
