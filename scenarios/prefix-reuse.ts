import type { RequestSpec } from './request-stream.ts';

/**
 * A cache without an end: how much of each prompt has been read or written before, under the same
 * salt. It knows of a text how far it goes; two prompts that share a text share what precedes it.
 */
export class PrefixReuse {
  /** By salt and text: how many tokens of it have been seen. */
  readonly #seen = new Map<number, Map<number, number>>();

  /** Takes in a request, and tells how many tokens of its prompt were there already. */
  add({ answer, cacheSalt, outputTokens, prompt }: RequestSpec): number {
    const seen = this.#seen.get(cacheSalt) ?? new Map<number, number>();
    this.#seen.set(cacheSalt, seen);
    let found = 0;
    let goesOn = true;
    for (const { from, text, tokens } of prompt) {
      const known = seen.get(text) ?? 0;
      const common = Math.max(0, Math.min(tokens, known - from));
      if (goesOn) found += common;
      goesOn &&= common === tokens;
      seen.set(text, Math.max(known, from + tokens));
    }
    seen.set(answer.text, Math.max(seen.get(answer.text) ?? 0, answer.from + outputTokens));
    return found;
  }
}
