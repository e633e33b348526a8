import { assert } from '../../core/assert.ts';
import { everydayWords } from './everyday-words.ts';

/** Words that are one token each, at the start of a text as well as behind a space. */
export interface PromptVocabulary {
  /** A power of two of them, so that the bits of a number choose one evenly. */
  readonly words: readonly string[];
  readonly bits: number;
  /** Of each word with a space before it; unknown without a tokenizer. */
  readonly tokenIds: readonly number[] | undefined;
}

/** More would hardly tell texts apart sooner; these are the longer and rarer words. */
const bitsMax = 13;

/** As many of the words as a power of two takes, from the first on. */
export function createPromptVocabulary(
  words: readonly string[],
  tokenIds?: readonly number[],
): PromptVocabulary {
  assert(words.length >= 2, 'a vocabulary of at least two words');
  const bits = Math.min(bitsMax, Math.floor(Math.log2(words.length)));
  return {
    words: words.slice(0, 2 ** bits),
    bits,
    tokenIds: tokenIds?.slice(0, 2 ** bits),
  };
}

/** For servers whose tokenizer is not given. */
export const everydayVocabulary = createPromptVocabulary(everydayWords);
