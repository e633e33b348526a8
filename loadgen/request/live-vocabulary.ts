import type { PromptVocabulary } from '../../scenarios/prompts/vocabulary.ts';

/**
 * Token ids for servers whose tokenizer is not given. Any id below the size of the vocabulary is a
 * token to an engine; the first thousand are left out, among which are the special ones of most
 * models, and the smallest vocabularies have 32,000.
 */
const firstId = 1_000;
const bits = 13;

export const plainTokenIds: PromptVocabulary = {
  words: Array.from({ length: 2 ** bits }, (_, index) => String(firstId + index)),
  bits,
  tokenIds: Array.from({ length: 2 ** bits }, (_, index) => firstId + index),
};
