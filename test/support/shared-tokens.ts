import type { Passage } from '../../core/passage.ts';

/** How many tokens two prompts have in common from their beginning, token by token. */
export function sharedTokens(a: readonly Passage[], b: readonly Passage[]): number {
  const [left, right] = [cursor(a), cursor(b)];
  let shared = 0;
  for (;;) {
    const [x, y] = [left(), right()];
    if (x === undefined || y === undefined || x !== y) return shared;
    shared += 1;
  }
}

function cursor(passages: readonly Passage[]): () => string | undefined {
  const tokens = (function* () {
    for (const { from, text, tokens } of passages) {
      for (let at = from; at < from + tokens; at++) yield `${text}:${at}`;
    }
  })();
  return () => tokens.next().value as string | undefined;
}
