import {
  closeBracket,
  comma,
  isEmptyAt,
  type JsonBytes,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  valueEnd,
} from './json-bytes.ts';
import { mediaFields, mediaTokens } from './media-tokens.ts';
import { isAt, ObjectFields } from './object-fields.ts';
import type { PromptText } from './prompt-text.ts';

/**
 * What templates write of a message, in the order in which it is taken here whatever the order in
 * the body. Other keys are left out: clients send back what they were answered, with `refusal` and
 * `annotations`, and mark other messages for a cache at each turn.
 */
const messageFields = [
  ...['role', 'content', 'name', 'reasoning_content', 'reasoning', 'tool_calls', 'tool_call_id'],
  ...['function_call', 'call_id', 'arguments', 'output'],
];
const [role, content] = [0, 1];
const partFields = ['text', ...mediaFields.keys()];
const mediaByPlace = [...mediaFields.values()];

const roleKey = Buffer.from('"role"');
const contentKey = Buffer.from('"content"');
const colonSign = Buffer.from(':');
const commaSign = Buffer.from(',');

/** Bytes that are in no text of UTF-8. */
const messageMark = 0xff;
const fieldMark = 0xfe;
const partMark = 0xfd;
const mediaMark = 0xfc;
const valueMark = 0xfb;

/** Samples of an image: what is encoded differs everywhere if it differs at all. */
const samples = 16;
const sampleBytes = 16;

/**
 * Puts messages into the text of a prompt, so that equal messages are equal bytes. Equal are those
 * that differ in white space between the tokens of JSON, in how strings are escaped, in the order
 * of their keys, in keys that no template writes, in keys that are null or empty instead of absent,
 * and a text alone and a list of parts with that text alone. Tools, and calls of tools, are taken
 * in the order in which they come: templates write them so. Where a key comes twice in a message,
 * any of its values may count.
 */
export class MessageText {
  readonly #text: PromptText;
  readonly #message = new ObjectFields(messageFields);
  readonly #part = new ObjectFields(partFields);
  #roleAt = -1;
  count = 0;
  mediaTokens = 0;

  constructor(text: PromptText) {
    this.#text = text;
  }

  begin(): void {
    this.count = 0;
    this.mediaTokens = 0;
  }

  /** A message that begins at `at`; gives its end, or -1. */
  add(json: JsonBytes, at: number): number {
    const message = this.#message;
    const textAt = this.#usualText(json, at);
    if (textAt < 0) {
      const end = message.scan(json, at);
      if (end < 0) return -1;
      this.#begin(json, message.from[role]!);
      this.#addFields(json, content);
      return end;
    }
    this.#begin(json, this.#roleAt);
    let textEnd = textAt + 1;
    if (json.bytes[textAt] !== quote) {
      this.#mark(content);
      textEnd = this.#text.addString(json, textAt);
    }
    const end = message.scanRest(json, textEnd);
    if (end >= 0) this.#addFields(json, content + 1);
    return end;
  }

  /**
   * Where the text begins of a message that begins with a role and a text, as most do; -1 for any
   * other. Such a text is read without a search for its end before.
   */
  #usualText(json: JsonBytes, at: number): number {
    this.#roleAt = after(json, after(json, skipSpace(json, at + 1), roleKey), colonSign);
    if (this.#roleAt < 0 || json.bytes[this.#roleAt] !== quote) return -1;
    const roleEnd = valueEnd(json, this.#roleAt);
    if (roleEnd < 0) return -1;
    const next = after(json, skipSpace(json, roleEnd), commaSign);
    const textAt = after(json, after(json, next, contentKey), colonSign);
    return textAt >= 0 && json.bytes[textAt] === quote ? textAt + 1 : -1;
  }

  #begin(json: JsonBytes, roleAt: number): void {
    this.count += 1;
    this.#text.mark(messageMark);
    if (roleAt >= 0 && json.bytes[roleAt] === quote) this.#text.addBesidesString(json, roleAt + 1);
  }

  #mark(place: number): void {
    this.#text.mark(fieldMark);
    this.#text.mark(place);
  }

  #addFields(json: JsonBytes, first: number): void {
    const { from, to } = this.#message;
    for (let place = first; place < messageFields.length; place++) {
      const at = from[place]!;
      if (at < 0 || isEmptyAt(json, at)) continue;
      this.#mark(place);
      this.addContent(json, at, to[place]!);
    }
  }

  /** A text, or parts of which some are text. */
  addContent(json: JsonBytes, from: number, to: number): void {
    if (json.bytes[from] === quote) this.#text.addString(json, from + 1);
    else if (json.bytes[from] === openBracket) this.#addParts(json, from);
    else this.addJson(json, from, to);
  }

  /** JSON as it is but for the white space and the way in which strings are escaped. */
  addJson(json: JsonBytes, from: number, to: number): void {
    const text = this.#text;
    let at = from;
    while (at < to) {
      const byte = json.bytes[at]!;
      at += 1;
      if (byte === quote) {
        text.put(quote);
        at = text.addString(json, at);
        text.put(quote);
      } else if (byte > 0x20) {
        text.put(byte);
      }
    }
  }

  #addParts(json: JsonBytes, from: number): void {
    let isFirst = true;
    for (let at = from + 1; ; at++) {
      at = skipSpace(json, at);
      if (json.bytes[at] === closeBracket) return;
      const end = json.bytes[at] === openBrace ? this.#part.scan(json, at) : valueEnd(json, at);
      if (end < 0) return;
      if (!isFirst) this.#text.mark(partMark);
      isFirst = false;
      this.#addPart(json, at, end);
      at = skipSpace(json, end);
      if (json.bytes[at] !== comma) return;
    }
  }

  /** A text alone is the same as if it was no part of anything. */
  #addPart(json: JsonBytes, at: number, end: number): void {
    const { from, to } = this.#part;
    if (json.bytes[at] === openBrace) {
      if (from[0]! >= 0 && json.bytes[from[0]!] === quote) {
        this.#text.addString(json, from[0]! + 1);
        return;
      }
      for (let place = 1; place < partFields.length; place++) {
        const media = from[place]!;
        if (media < 0 || isEmptyAt(json, media)) continue;
        this.#addMedia(json, media, to[place]!, mediaTokens[mediaByPlace[place - 1]!]);
        return;
      }
    }
    this.#text.mark(valueMark);
    this.addJson(json, at, end);
  }

  #addMedia(json: JsonBytes, from: number, to: number, tokens: number): void {
    const text = this.#text;
    this.mediaTokens += tokens;
    if (!text.isHashed) return;
    const length = to - from;
    text.mark(mediaMark);
    text.addNumber(length);
    const isShort = length <= samples * sampleBytes;
    if (isShort) text.addBesides(json.bytes, from, to);
    else {
      const step = (length - sampleBytes) / (samples - 1);
      for (let i = 0; i < samples; i++) {
        const at = from + Math.round(i * step);
        text.addBesides(json.bytes, at, at + sampleBytes);
      }
    }
    text.addBlank(4 * tokens - 4 - (isShort ? length : samples * sampleBytes));
  }
}

/** Where the JSON goes on after a sign and white space; -1 if the sign is not there. */
function after(json: JsonBytes, at: number, sign: Buffer): number {
  return at >= 0 && isAt(json, at, sign) ? skipSpace(json, at + sign.length) : -1;
}
