/** Usage and the reason of the end stand in the last events, or at the end of a body. */
const keptPieces = 4;
const keptBytes = 4_096;
const eventEnd = Buffer.from('\n\n');

/** What an answer says of itself; NaN where it does not. */
export interface AnswerFacts {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly finishReason: string | undefined;
}

/**
 * The last pieces of an answer, and how many events it had. Nothing is parsed: a search for a few
 * bytes costs a hundredth of what a chunk costs to pass on.
 */
export class AnswerTail {
  readonly #pieces: Buffer[] = [];
  #next = 0;
  #events = 0;
  #facts: AnswerFacts | undefined = undefined;

  constructor(first: Buffer) {
    this.add(first);
  }

  add(piece: Buffer): void {
    this.#pieces[this.#next] = piece;
    this.#next = (this.#next + 1) % keptPieces;
    let at = piece.indexOf(eventEnd);
    while (at >= 0) {
      this.#events += 1;
      // Behind the last event of a piece there is at most the end of its chunk.
      at = piece.length > at + 4 ? piece.indexOf(eventEnd, at + 2) : -1;
    }
  }

  /** The last pieces as they came. */
  get lastBytes(): Buffer {
    return Buffer.concat(this.#inOrder());
  }

  /** Of the whole answer. Without usage every event was a token, but for the last. */
  get facts(): AnswerFacts {
    if (this.#facts !== undefined) return this.#facts;
    const text = this.#text();
    const counted = this.#events > 1 ? this.#events - 1 : Number.NaN;
    this.#facts = {
      promptTokens:
        lastNumber(text, '"prompt_tokens":') ?? lastNumber(text, '"input_tokens":') ?? Number.NaN,
      cachedTokens: lastNumber(text, '"cached_tokens":') ?? Number.NaN,
      outputTokens:
        lastNumber(text, '"completion_tokens":') ?? lastNumber(text, '"output_tokens":') ?? counted,
      finishReason: /"finish_reason":\s*"([a-z_]{1,32})"/.exec(text)?.[1],
    };
    return this.#facts;
  }

  #text(): string {
    let text = '';
    for (const piece of this.#inOrder()) {
      text += piece.toString('latin1', Math.max(0, piece.length - keptBytes));
    }
    return text;
  }

  #inOrder(): Buffer[] {
    if (this.#pieces.length < keptPieces) return this.#pieces;
    return [...this.#pieces.slice(this.#next), ...this.#pieces.slice(0, this.#next)];
  }
}

function lastNumber(text: string, key: string): number | undefined {
  const at = text.lastIndexOf(key);
  if (at < 0) return undefined;
  const number = /^\s*(\d{1,12})/.exec(text.slice(at + key.length, at + key.length + 20));
  return number === null ? undefined : Number(number[1]);
}
