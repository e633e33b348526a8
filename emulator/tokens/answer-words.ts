import { everydayWords } from '../../scenarios/prompts/everyday-words.ts';
import { tokenId } from './tokenizer.ts';

/** Of one length, so that all chunks of an answer have one length as well. */
const letters = 4;

/** What answers are made of: words that are one token each, a power of two of them. */
const words = everydayWords.filter((word) => word.length === letters).slice(0, 128);
export const answerWords: readonly string[] = words.map((word) => ` ${word}`);
/** At the beginning of an answer there is no space. */
export const firstWords: readonly string[] = words;

const ids = answerWords.map(tokenId);
const firstIds = firstWords.map(tokenId);

/** Which word an answer has at a position; the seed tells answers apart. */
export function wordAt(seed: number, position: number): number {
  let mixed = Math.imul(seed ^ position, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) & (words.length - 1);
}

export function answerTokenId(seed: number, position: number): number {
  const word = wordAt(seed, position);
  return position === 0 ? firstIds[word]! : ids[word]!;
}

export function answerText(seed: number, tokens: number): string {
  let text = tokens > 0 ? firstWords[wordAt(seed, 0)]! : '';
  for (let position = 1; position < tokens; position++)
    text += answerWords[wordAt(seed, position)]!;
  return text;
}

/** Of all words of answers, by id. */
export const answerTexts: ReadonlyMap<number, string> = new Map(
  [...answerWords, ...firstWords].map((text) => [tokenId(text), text]),
);
