import type { BlockHasherOptions } from './block-hasher.ts';
import { bodyField as top } from './body-fields.ts';
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
import { MessageText } from './message-text.ts';
import type { ObjectFields } from './object-fields.ts';
import { PromptText } from './prompt-text.ts';

/**
 * Goes through the prompt of a body once, in the order in which templates of chats write it: tools,
 * system prompt, messages. What was found stays until the next one.
 */
export class PromptWalk {
  readonly #text: PromptText;
  readonly #messages: MessageText;
  /** Given as numbers of tokens. */
  #ids = 0;

  /** Without options nothing is hashed. */
  constructor(hashing: BlockHasherOptions | undefined) {
    this.#text = new PromptText(hashing);
    this.#messages = new MessageText(this.#text);
  }

  get ids(): number {
    return this.#ids;
  }

  get textBytes(): number {
    return this.#text.bytes;
  }

  get messages(): number {
    return this.#messages.count;
  }

  /** Of images and whatever else is not text. */
  get mediaTokens(): number {
    return this.#messages.mediaTokens;
  }

  /** All that a client says of one prompt is in the seed, or comes as text. */
  walk(json: JsonBytes, fields: ObjectFields, seed: string): void {
    this.#ids = 0;
    this.#text.begin(seed);
    this.#messages.begin();
    const place = promptOf(json, fields);
    if (place < 0) return;
    const { from, to } = fields;
    if (isIn(json, fields, top.tools)) {
      this.#text.mark(toolsMark);
      this.#messages.addJson(json, from[top.tools]!, to[top.tools]!);
    }
    for (const system of [top.instructions, top.system]) {
      if (!isIn(json, fields, system)) continue;
      this.#text.mark(systemMark);
      this.#messages.addContent(json, from[system]!, to[system]!);
    }
    const at = from[place]!;
    if (json.bytes[at] === quote) this.#text.addString(json, at + 1);
    else if (json.bytes[at] === openBracket) this.#addList(json, at);
  }

  hashes(): Float64Array {
    return this.#text.hashes();
  }

  /** Of several prompts in one request all count, and the first is hashed. */
  #addList(json: JsonBytes, from: number): void {
    let at = from + 1;
    for (;;) {
      at = skipSpace(json, at);
      const byte = json.bytes[at];
      if (byte === undefined || byte === closeBracket) return;
      if (byte === openBrace) {
        at = this.#messages.add(json, at);
      } else if (byte === quote) {
        at = this.#text.addString(json, at + 1);
        this.#text.stopHashing();
      } else if (byte === openBracket) {
        at = this.#addIds(json, at + 1);
        this.#text.stopHashing();
      } else if (isDigit(byte)) {
        at = this.#addIds(json, at) - 1;
      } else {
        at = valueEnd(json, at);
      }
      if (at < 0) return;
      at = skipSpace(json, at);
      if (json.bytes[at] !== comma) return;
      at += 1;
    }
  }

  /** Up to the end of a list whose inside begins at `from`; -1 if there is anything else in it. */
  #addIds({ bytes }: JsonBytes, from: number): number {
    const text = this.#text;
    let ids = 0;
    let end = -1;
    for (let at = from; at < bytes.length; at++) {
      let byte = bytes[at]!;
      if (isDigit(byte)) {
        let id = 0;
        for (; isDigit(byte) && at < bytes.length; byte = bytes[at]!) {
          id = (Math.imul(id, 10) + byte - 0x30) | 0;
          at += 1;
        }
        ids += 1;
        text.addNumber(id);
      }
      if (byte === closeBracket) {
        end = at + 1;
        break;
      }
      if (byte !== comma && byte > 0x20) break;
    }
    this.#ids += ids;
    return end;
  }
}

/** No bytes of UTF-8, as are those of messages. */
const toolsMark = 0xf8;
const systemMark = 0xf9;

/** The place of the field with the prompt, or -1. */
export function promptOf(json: JsonBytes, fields: ObjectFields): number {
  for (const place of [top.messages, top.prompt, top.input]) {
    if (isIn(json, fields, place)) return place;
  }
  return -1;
}

/** Whether a prompt is one or several lists of numbers. */
export function isIds(json: JsonBytes, from: number): boolean {
  if (json.bytes[from] !== openBracket) return false;
  const first = json.bytes[skipSpace(json, from + 1)];
  return first === openBracket || (first !== undefined && isDigit(first));
}

function isIn(json: JsonBytes, { from }: ObjectFields, place: number): boolean {
  const at = from[place]!;
  return at >= 0 && !isEmptyAt(json, at);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
