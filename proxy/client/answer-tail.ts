import type { Usage } from '../../gateway/attempts.ts';

/** Usage and the reason of the end stand in the last events, or at the end of a body. */
const kept = 4;

/**
 * The last pieces of an answer, and how many events it had. Nothing is parsed: a search for a few
 * bytes costs a hundredth of what a chunk costs to pass on.
 */
export class AnswerTail {
  readonly #pieces: Buffer[] = [];
  #next = 0;
  events = 0;

  constructor(first: Buffer) {
    this.add(first);
  }

  add(piece: Buffer): void {
    this.#pieces[this.#next] = piece;
    this.#next = (this.#next + 1) % kept;
    for (let at = piece.indexOf(eventEnd); at >= 0; at = piece.indexOf(eventEnd, at + 2)) {
      this.events += 1;
    }
  }

  /** What the replica says it was; else every event was a token, but for the last. */
  usage(): Usage {
    const text = this.#text();
    const said = lastNumber(text, '"completion_tokens":') ?? lastNumber(text, '"output_tokens":');
    const cachedTokens = lastNumber(text, '"cached_tokens":') ?? Number.NaN;
    if (said !== undefined) return { outputTokens: said, cachedTokens };
    return { outputTokens: this.events > 1 ? this.events - 1 : Number.NaN, cachedTokens };
  }

  promptTokens(): number {
    const text = this.#text();
    return (
      lastNumber(text, '"prompt_tokens":') ?? lastNumber(text, '"input_tokens":') ?? Number.NaN
    );
  }

  finishReason(): string | undefined {
    return /"finish_reason":\s*"([a-z_]{1,32})"/.exec(this.#text())?.[1];
  }

  #text(): string {
    const { length } = this.#pieces;
    let text = '';
    for (let i = 0; i < length; i++) {
      const piece = this.#pieces[(this.#next + i) % length]!;
      text += piece.toString('latin1', Math.max(0, piece.length - most));
    }
    return text;
  }
}

const eventEnd = Buffer.from('\n\n');
/** Of a piece that is not an event but a whole answer. */
const most = 4_096;

function lastNumber(text: string, key: string): number | undefined {
  const at = text.lastIndexOf(key);
  if (at < 0) return undefined;
  const number = /^\s*(\d{1,12})/.exec(text.slice(at + key.length, at + key.length + 20));
  return number === null ? undefined : Number(number[1]);
}
