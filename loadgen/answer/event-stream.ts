import { type AnswerEvent, readEvent } from './answer-events.ts';

/** Told what a stream says; `nowUs` is when the bytes of it came. */
export interface EventSink {
  /** One more piece of the answer, and nothing else. */
  onToken(nowUs: number): void;
  onEvent(event: AnswerEvent, nowUs: number): void;
  onDone(): void;
  onMalformed(line: string, nowUs: number): void;
}

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;
const colon = 58;
const space = 32;
/** A line that is longer is no event of any such server. */
const mostHeldBytes = 4 * 1024 * 1024;

const unfinished = Buffer.from('"finish_reason":null');
const dataWord = Buffer.from('data:');

/**
 * Server-sent events, read line by line: servers of this API put each event into one `data:` line.
 * The lines that only bring the next token, all but a few of each stream, are recognised by their
 * bytes: their JSON is never parsed.
 */
export class EventStream {
  readonly #sink: EventSink;
  /** What stands before the text of a token. */
  readonly #key: Buffer;
  /** The beginning of a line. */
  #held: Buffer | undefined = undefined;

  constructor(api: 'completions' | 'chat', sink: EventSink) {
    this.#sink = sink;
    this.#key = api === 'chat' ? chatKey : completionsKey;
  }

  take(piece: Buffer, from: number, to: number, nowUs: number): void {
    let at = from;
    while (at < to) {
      const feed = piece.indexOf(lineFeed, at);
      if (feed < 0 || feed >= to) {
        this.#hold(piece.subarray(at, to), nowUs);
        return;
      }
      if (this.#held === undefined) this.#line(piece, at, feed, nowUs);
      else this.#heldLine(piece.subarray(at, feed), nowUs);
      at = feed + 1;
    }
  }

  /** The stream is over; whether it was so at the end of a line. */
  get isAtLineEnd(): boolean {
    return this.#held === undefined;
  }

  #hold(bytes: Buffer, nowUs: number): void {
    // The piece is a buffer that is read into again.
    this.#held = Buffer.concat(this.#held === undefined ? [bytes] : [this.#held, bytes]);
    if (this.#held.length > mostHeldBytes) this.#sink.onMalformed('a line without an end', nowUs);
  }

  #heldLine(rest: Buffer, nowUs: number): void {
    const line = Buffer.concat([this.#held!, rest]);
    this.#held = undefined;
    this.#line(line, 0, line.length, nowUs);
  }

  #line(bytes: Buffer, from: number, end: number, nowUs: number): void {
    const to = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
    if (to - from < dataWord.length || bytes[from + 4] !== colon) return;
    if (bytes.compare(dataWord, 0, dataWord.length, from, from + dataWord.length) !== 0) return;
    let start = from + dataWord.length;
    if (bytes[start] === space) start += 1;
    if (this.#isToken(bytes, start, to)) this.#sink.onToken(nowUs);
    else this.#other(bytes.toString('utf8', start, to), nowUs);
  }

  /** Inside of a JSON string no quote stands without a backslash, so these keys are keys. */
  #isToken(bytes: Buffer, from: number, to: number): boolean {
    const key = bytes.indexOf(this.#key, from);
    const text = key + this.#key.length;
    if (key < 0 || text >= to || bytes[text] === quote) return false;
    const reason = bytes.indexOf(unfinished, from);
    return reason >= 0 && reason < to;
  }

  #other(data: string, nowUs: number): void {
    if (data === '[DONE]') {
      this.#sink.onDone();
      return;
    }
    const event = readEvent(data);
    if (event === undefined) this.#sink.onMalformed(data, nowUs);
    else this.#sink.onEvent(event, nowUs);
  }
}

const completionsKey = Buffer.from('"text":"');
const chatKey = Buffer.from('"content":"');
