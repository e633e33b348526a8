import type { Passage } from '../../core/passage.ts';
import type { Answer, Transcript } from './transcript.ts';

/** A part of a prompt that one side wrote. */
export type Section =
  | ({ readonly kind: 'told' } & Passage)
  | ({ readonly kind: 'answered' } & Answer);

/**
 * Takes prompts apart where an answer begins or ends. An answer of which a passage holds only a
 * piece stays synthetic: a piece of it by tokens cannot be cut out of its characters.
 */
export function* sectionsOf(
  prompt: readonly Passage[],
  transcript: Transcript,
): Generator<Section, void> {
  for (const { text, from, tokens } of prompt) {
    const end = from + tokens;
    let at = from;
    for (const answer of transcript.answersIn(text)) {
      if (answer.from < at || answer.from + answer.tokens > end) continue;
      if (answer.from > at) yield { kind: 'told', text, from: at, tokens: answer.from - at };
      yield { kind: 'answered', ...answer };
      at = answer.from + answer.tokens;
    }
    if (end > at) yield { kind: 'told', text, from: at, tokens: end - at };
  }
}
