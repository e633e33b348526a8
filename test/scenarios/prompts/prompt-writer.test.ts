import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Passage } from '../../../core/passage.ts';
import { type PromptOptions, PromptWriter } from '../../../scenarios/prompts/prompt-writer.ts';
import { headTokens } from '../../../scenarios/prompts/text-words.ts';
import {
  createPromptVocabulary,
  everydayVocabulary,
} from '../../../scenarios/prompts/vocabulary.ts';

const numbered = createPromptVocabulary(
  everydayVocabulary.words,
  everydayVocabulary.words.map((_, index) => index),
);
const head = headTokens(everydayVocabulary);

function writer(options: Partial<PromptOptions> = {}): PromptWriter {
  return new PromptWriter({ vocabulary: numbered, runSalt: 'run', ...options });
}

function textOf(prompt: readonly Passage[], options?: Partial<PromptOptions>): string {
  return writer(options).text(prompt);
}

function wordsOf(prompt: readonly Passage[], options?: Partial<PromptOptions>): string[] {
  return textOf(prompt, options).split(' ');
}

const anyText = fc.oneof(fc.nat(5), fc.maxSafeNat());
const anyPassage = fc.record({
  text: anyText,
  from: fc.oneof(fc.constant(0), fc.nat(100_000)),
  tokens: fc.integer({ min: 1, max: 200 }),
});
const anyPrompt = fc.array(anyPassage, { minLength: 1, maxLength: 5 });

describe('text', () => {
  test('has a word for every token', () => {
    const property = fc.property(anyPrompt, (prompt) => {
      const tokens = prompt.reduce((sum, passage) => sum + passage.tokens, 0);
      expect(wordsOf(prompt)).toHaveLength(tokens);
      expect(textOf(prompt)).toMatch(/^[a-z]+( [a-z]+)*$/);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('of two passages in a row is that of one passage over both', () => {
    const property = fc.property(anyPassage, fc.integer({ min: 1, max: 199 }), (passage, cut) => {
      const { text, from, tokens } = passage;
      fc.pre(cut < tokens);
      const rest = { text, from: from + cut, tokens: tokens - cut };
      expect(textOf([{ text, from, tokens: cut }, rest])).toBe(textOf([passage]));
    });
    fc.assert(property, { seed: 2, numRuns: 300 });
  });

  test('of a passage is the same behind any other, by any writer', () => {
    const property = fc.property(anyPrompt, anyPassage, (before, passage) => {
      const written = textOf([...before, passage]);
      expect(written).toBe(`${textOf(before)} ${textOf([passage])}`);
    });
    fc.assert(property, { seed: 3, numRuns: 300 });
  });

  test('is shared as far as passages are, and hardly further', () => {
    const one = fc.record({ shared: anyPrompt, a: anyText, b: anyText });
    let beyond = 0;
    let pairs = 0;
    const property = fc.property(one, ({ shared, a, b }) => {
      fc.pre(a !== b);
      const sharedTokens = shared.reduce((sum, { tokens }) => sum + tokens, 0);
      const [ours, theirs] = [a, b].map((text) =>
        wordsOf([...shared, { text, from: 0, tokens: 16 }]),
      );
      const agreed = ours!.findIndex((word, at) => word !== theirs![at]);
      expect(agreed).toBeGreaterThanOrEqual(sharedTokens);
      expect(agreed).toBeLessThan(sharedTokens + head);
      beyond += agreed - sharedTokens;
      pairs += 1;
    });
    fc.assert(property, { seed: 4, numRuns: 1_000 });
    expect(beyond / pairs).toBeLessThan(0.01);
  });

  test('is another with another salt, and the same with the same', () => {
    const prompt = [{ text: 1, from: 0, tokens: 50 }];
    expect(textOf(prompt, { runSalt: 'a' })).toBe(textOf(prompt, { runSalt: 'a' }));
    const [a, b] = ['a', 'b'].map((runSalt) => wordsOf(prompt, { runSalt }));
    expect(a!.filter((word, at) => word === b![at]).length).toBeLessThan(3);
  });

  test('is the same on every machine', () => {
    const prompt = [
      { text: 2 ** 43, from: 0, tokens: 8 },
      { text: 1, from: 100_000, tokens: 4 },
    ];
    expect(textOf(prompt)).toBe(
      'children slow query always chain wine lean profile rose begin log did',
    );
  });
});

test('token ids are those of the words', () => {
  const property = fc.property(anyPrompt, (prompt) => {
    const words = writer()
      .tokenIds(prompt)
      .map((id) => numbered.words[id]);
    expect(words.join(' ')).toBe(textOf(prompt));
  });
  fc.assert(property, { seed: 5, numRuns: 100 });
  const blind = new PromptWriter({ runSalt: '' });
  expect(() => blind.tokenIds([])).toThrow('token ids need the vocabulary of a tokenizer');
});

describe('what a server adds to a text', () => {
  const overhead = { alone: 5, system: 0, exchange: 0 };

  test('is left out of it', () => {
    const property = fc.property(anyPrompt, (prompt) => {
      fc.pre(prompt[0]!.tokens > head + overhead.alone);
      const tokens = prompt.reduce((sum, passage) => sum + passage.tokens, 0);
      expect(wordsOf(prompt, { overhead })).toHaveLength(tokens - 5);
    });
    fc.assert(property, { seed: 6, numRuns: 200 });
  });

  test('is taken from the next passage where one is too short, and each keeps a word', () => {
    const passages = [0, 1, 2].map((text) => ({ text, from: 1_000, tokens: 3 }));
    expect(wordsOf(passages, { overhead })).toHaveLength(9 - 5);
    expect(textOf([{ text: 0, from: 9, tokens: 3 }], { overhead })).toMatch(/^[a-z]+$/);
  });

  test('leaves the head of a text, and what prompts share', () => {
    const prompt = [{ text: 1, from: 0, tokens: 40 }];
    expect(wordsOf(prompt, { overhead }).slice(0, head)).toEqual(wordsOf(prompt).slice(0, head));
    const [short, long] = [40, 80].map((tokens) =>
      textOf([{ text: 1, from: 0, tokens }], { overhead }),
    );
    expect(long!.startsWith(`${short} `)).toBe(true);
  });
});
