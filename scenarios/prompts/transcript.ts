import { assert } from '../../core/assert.ts';
import type { Passage, Place } from '../../core/passage.ts';

/** What a server said, and how many tokens it counted. */
export interface Said {
  readonly content: string;
  readonly tokens: number;
  /** Where the server told them (`return_token_ids` of vLLM). */
  readonly tokenIds?: readonly number[];
}

/** A passage that a server wrote, or should have. */
export interface Answer extends Passage {
  readonly said: Said;
}

const nothing: Said = { content: '', tokens: 0 };

/**
 * The answers that conversations have had, by text: a text belongs to one conversation. A later
 * prompt holds what was really said, as a client would send it, and so it finds the blocks that the
 * server kept of its own answer.
 */
export class Transcript {
  readonly #answers = new Map<number, Answer[]>();

  /**
   * Notes the answer of a request that has ended. One that failed or was cut short is noted too:
   * prompts keep their lengths, and synthetic words stand for what was not said.
   */
  add(place: Place, tokens: number, said: Said = nothing): void {
    assert(tokens > 0, 'an answer has tokens');
    const { text, from } = place;
    const others = (this.#answers.get(text) ?? []).filter((answer) => answer.from !== from);
    const answers = [...others, { text, from, tokens, said }];
    this.#answers.set(
      text,
      answers.sort((one, other) => one.from - other.from),
    );
  }

  /** In the order in which they stand there. */
  answersIn(text: number): readonly Answer[] {
    return this.#answers.get(text) ?? [];
  }

  /** Call it when a conversation is over. */
  forget(text: number): void {
    this.#answers.delete(text);
  }
}
