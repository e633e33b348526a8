import { describe, expect, test } from 'vitest';
import { PromptWriter } from '../../../scenarios/prompts/prompt-writer.ts';
import { promptVocabularyOf } from '../../../scenarios/prompts/tokenizer-json.ts';
import type { PromptVocabulary } from '../../../scenarios/prompts/vocabulary.ts';
import { everydayVocabulary } from '../../../scenarios/prompts/vocabulary.ts';
import { moreEncoders, realTokenizers } from '../../support/tokenizers.ts';

const prompt = [
  { text: 3, from: 0, tokens: 700 },
  { text: 2 ** 52 + 1, from: 0, tokens: 33 },
  { text: 9, from: 5_000, tokens: 1_300 },
];
const promptTokens = 2_033;

function written(vocabulary?: PromptVocabulary): string {
  const writer = new PromptWriter({ runSalt: 'counts', ...(vocabulary && { vocabulary }) });
  return writer.text(prompt);
}

describe.each(realTokenizers)('with the tokenizer.json of $name', ({ encode, json }) => {
  const vocabulary = promptVocabularyOf(json(), 'tokenizer.json');

  test('a prompt has as many tokens as it should, to the token', () => {
    expect(vocabulary.words.length).toBeGreaterThanOrEqual(2_048);
    expect(encode(written(vocabulary))).toHaveLength(promptTokens);
  });

  test('every word is one token, first or behind any other, of the id that is told', () => {
    const { words, tokenIds } = vocabulary;
    const ids = encode(`${words[0]} ${words.join(' ')}`);
    expect(ids.slice(1)).toEqual(tokenIds);
    expect(words.filter((word) => encode(word).length !== 1)).toEqual([]);
  });

  test('token ids are those of the text', () => {
    const writer = new PromptWriter({ runSalt: 'ids', vocabulary });
    expect(writer.tokenIds(prompt).slice(1)).toEqual(encode(writer.text(prompt)).slice(1));
  });
});

describe.each([...realTokenizers, ...moreEncoders])('without one, for $name', ({ encode }) => {
  test('a prompt has as many tokens as it should within 10 %', () => {
    const tokens = encode(written()).length;
    expect(Math.abs(tokens / promptTokens - 1)).toBeLessThan(0.1);
  });

  test('every everyday word is one token, first or behind any other', () => {
    const { words } = everydayVocabulary;
    expect(encode(words.join(' '))).toHaveLength(words.length);
    expect(words.filter((word) => encode(word).length !== 1)).toEqual([]);
  });
});

test('behind the marks of a template a prompt adds what one word does, and its others', () => {
  for (const { name, encode } of [...realTokenizers, ...moreEncoders]) {
    for (const marks of ['<|user|>\n\n', '[INST] ', 'user: ', '\n']) {
      const tokens = encode(marks + written()).length - encode(`${marks}the`).length;
      expect(tokens, `${name} behind ${JSON.stringify(marks)}`).toBe(promptTokens - 1);
    }
  }
});
