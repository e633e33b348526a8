/**
 * Tokens `from` … `from + tokens` of a text. A text is endless, known by its number alone, and two
 * texts differ from their first token on; so equal passages are equal tokens, and a prompt made of
 * passages shares a prefix with another exactly as far as their passages agree.
 */
export interface Passage {
  readonly text: number;
  readonly from: number;
  readonly tokens: number;
}

/** Where an answer is written to: a text and the position of the answer's first token in it. */
export type Place = Omit<Passage, 'tokens'>;
