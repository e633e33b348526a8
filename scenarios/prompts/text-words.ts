import type { PromptVocabulary } from './vocabulary.ts';

/**
 * The words of one text, each computed from its position alone, as indices into the vocabulary.
 *
 * A handful of words cannot hold as many texts as there are numbers, so that texts cannot all
 * differ in their first word. Instead the first words, the head, spell the number of the text in
 * the base of the vocabulary: two texts are told apart within them for certain, and mostly by the
 * first of them, which spells the fastest digit: texts numbered in a row begin differently. Behind
 * the head, words are drawn by a hash of text and position.
 */
export class TextWords {
  readonly head: readonly number[];
  readonly #mask: number;
  readonly #a: number;
  readonly #b: number;

  constructor(text: number, { bits }: Pick<PromptVocabulary, 'bits'>, salt: Salt) {
    const low = text | 0;
    const high = (text / 2 ** 32) | 0;
    this.#mask = 2 ** bits - 1;
    this.#a = mix(low, salt.a, mix(high, salt.b, 1));
    this.#b = mix(high, salt.a, mix(low, salt.b, 2));
    this.head = spelled(text, bits, salt);
  }

  at(position: number): number {
    if (position < this.head.length) return this.head[position]!;
    return mix(position, this.#a, this.#b) & this.#mask;
  }
}

/** Tokens that say which text it is; behind them, any word may stand. */
export function headTokens({ bits }: Pick<PromptVocabulary, 'bits'>): number {
  return Math.ceil(53 / bits);
}

/** Two halves of a hash of the salt. */
export interface Salt {
  readonly a: number;
  readonly b: number;
}

/** FNV-1a over the UTF-16 units, twice from different starts. */
export function saltOf(runSalt: string): Salt {
  const hash = (start: number) => {
    let h = start;
    for (let i = 0; i < runSalt.length; i++) h = Math.imul(h ^ runSalt.charCodeAt(i), 0x01000193);
    return h;
  };
  return { a: hash(0x811c9dc5), b: hash(0x2545f491) };
}

/**
 * The digits of the number, lowest first. Each is shifted by a hash of the digits above it, so that
 * numbers which agree in their lowest digits do not begin alike, and the number can still be read
 * back from the last digit on.
 */
function spelled(text: number, bits: number, salt: Salt): number[] {
  const base = 2 ** bits;
  const digits: number[] = [];
  let rest = text;
  for (let i = 0; i < headTokens({ bits }); i++) {
    const above = Math.floor(rest / base);
    const shift = mix(above | 0, salt.a + i, mix((above / 2 ** 32) | 0, salt.b, 3));
    digits.push(((rest % base) + shift) & (base - 1));
    rest = above;
  }
  return digits;
}

/** The finish of MurmurHash3, with a key before and one in the middle of it. */
function mix(value: number, a: number, b: number): number {
  let h = (Math.imul(value, 0x9e3779b1) + a) | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b) ^ b;
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
