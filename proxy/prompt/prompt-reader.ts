import type { IncomingHttpHeaders } from 'node:http';
import { bodyFields, bodyField as top } from './body-fields.ts';
import { BytesPerToken, usualBytesPerToken } from './bytes-per-token.ts';
import { type JsonBytes, jsonBytes, skipSpace } from './json-bytes.ts';
import { jsonNumber, jsonText } from './json-scalars.ts';
import type { ObjectFields } from './object-fields.ts';
import { type PromptFeatures, unknownFeatures } from './prompt-features.ts';
import { isIds, PromptWalk, promptOf } from './prompt-walk.ts';
import { SessionKey } from './session-key.ts';

export interface PromptReaderOptions {
  /** Whether anybody wants hashes of prompts. */
  readonly needsPrefix: boolean;
  /** Tokens that a hash stands for; text is cut by four bytes for each, whatever is learned. */
  readonly blockTokens: number;
  /** Of a longer prompt the rest has no hashes; 0 for no end. */
  readonly mostBlocks?: number;
  /** Whether the text of prompts is counted, as limits on tokens want it, or only their bytes. */
  readonly countsText: boolean;
  /** Headers by which clients name a conversation; the first that is there counts. */
  readonly sessionHeaders?: readonly string[];
}

/**
 * What the templates of chats put around a message, and before the answer: `<|im_start|>`, role, new
 * line, `<|im_end|>` and new line in ChatML, five as well in Llama 3, without the three of the
 * message that is to come.
 */
const tokensPerMessage = 5;
const tokensPerChat = 3;

/** Beyond this the length alone is no guess, because it may be an image. */
const mostBytesByLength = 64 * 1_024;

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * What a gateway can tell of a request from its body. Only what is needed is looked at: the keys of
 * the body always, its text for limits on tokens, and each byte of it once more for hashes.
 */
export class PromptReader {
  readonly #options: PromptReaderOptions;
  readonly #fields = bodyFields();
  readonly #walk: PromptWalk;
  readonly #bytesPerToken = new BytesPerToken();
  readonly #session: SessionKey;

  constructor(options: PromptReaderOptions) {
    const { blockTokens, mostBlocks = 0, needsPrefix, sessionHeaders = [] } = options;
    this.#options = options;
    this.#walk = new PromptWalk(needsPrefix ? { blockTokens, mostBlocks } : undefined);
    this.#session = new SessionKey(sessionHeaders);
  }

  /** Of a body that is not compressed any more. It never throws. */
  read(body: Buffer | undefined, headers: IncomingHttpHeaders): PromptFeatures {
    const session = this.#session.ofHeaders(headers);
    if (body === undefined || !isJson(headers['content-type'], body)) {
      return unknownFeatures(session, 0);
    }
    const fields = this.#fields;
    const json = jsonBytes(body);
    if (!isObject(json, fields)) {
      return unknownFeatures(session, Math.ceil(body.length / usualBytesPerToken));
    }
    const { from, to } = fields;
    const model = jsonText(json, from[top.model]!, to[top.model]!);
    const features: PromptFeatures = {
      isKnown: true,
      model,
      isStreamed: isTrue(json, from[top.stream]!),
      maxTokens: maxTokens(json, fields),
      user: jsonText(json, from[top.user]!, to[top.user]!),
      priority: jsonNumber(json, from[top.priority]!, to[top.priority]!) || 0,
      session: session === 0 ? this.#session.ofBody(json, fields) : session,
      promptTokens: 0,
      measure: 'length',
      bytes: 0,
      mediaTokens: 0,
      framingTokens: 0,
      prefixHashes: noHashes,
    };
    this.#measure(json, features);
    return features;
  }

  /** An answer says how many tokens the prompt had. */
  learn(features: PromptFeatures, usagePromptTokens: number): void {
    const { bytes, framingTokens, measure, mediaTokens, model } = features;
    // What an image became would be taken for text.
    if (model === undefined || mediaTokens > 0) return;
    if (measure !== (this.#walks ? 'text' : 'length')) return;
    this.#bytesPerToken.learn(model, bytes, usagePromptTokens - framingTokens);
  }

  get #walks(): boolean {
    return this.#options.countsText || this.#options.needsPrefix;
  }

  #measure(json: JsonBytes, features: Writable): void {
    const { from, to } = this.#fields;
    const place = promptOf(json, this.#fields);
    // Without a prompt, as in a request for a ranking, all of the body is text.
    if (place < 0) features.bytes = json.bytes.length;
    else {
      features.bytes = to[place]! - from[place]! + to[top.tools]! - from[top.tools]!;
    }
    const isWalked = this.#walks || features.bytes > mostBytesByLength;
    if (place >= 0 && (isWalked || isIds(json, from[place]!))) this.#walkThrough(json, features);
    if (features.measure === 'exact') return;
    const { bytes, framingTokens, mediaTokens, model } = features;
    const ofText = bytes / this.#bytesPerToken.of(model ?? '');
    features.promptTokens = Math.ceil(ofText) + framingTokens + mediaTokens;
  }

  #walkThrough(json: JsonBytes, features: Writable): void {
    const walk = this.#walk;
    const { from, to } = this.#fields;
    const salt = jsonText(json, from[top.cache_salt]!, to[top.cache_salt]!) ?? '';
    walk.walk(json, this.#fields, `${features.model ?? ''}\n${salt}`);
    const { ids, mediaTokens, messages, textBytes } = walk;
    features.prefixHashes = walk.hashes();
    if (ids > 0 && textBytes === 0 && messages === 0) {
      features.measure = 'exact';
      features.promptTokens = ids;
      return;
    }
    features.measure = 'text';
    features.bytes = textBytes;
    features.mediaTokens = mediaTokens;
    features.framingTokens = ids;
    if (messages > 0) features.framingTokens += tokensPerMessage * messages + tokensPerChat;
  }
}

type Writable = { -readonly [Key in keyof PromptFeatures]: PromptFeatures[Key] };

const noHashes = new Float64Array(0);

/** A body without a type is taken for what it is to most replicas. */
/** Some engines do not look at the type, so that it must not be a way around limits. */
function isJson(contentType: string | undefined, body: Buffer): boolean {
  if (contentType === undefined || /[/+]json\b/i.test(contentType)) return true;
  return /^(?:\xef\xbb\xbf)?[ \t\r\n]*\{/.test(body.toString('latin1', 0, 64));
}

/** Python's `json` reads over the mark of a byte order, so it is read over here. */
function isObject(json: JsonBytes, fields: ObjectFields): boolean {
  const hasMark = json.bytes[0] === 0xef && json.bytes.indexOf(byteOrderMark) === 0;
  const end = fields.scan(json, skipSpace(json, hasMark ? 3 : 0));
  if (end < 0) return false;
  return skipSpace(json, end) === json.bytes.length;
}

function isTrue(json: JsonBytes, at: number): boolean {
  // Pydantic takes a one for a true as well.
  return at >= 0 && (json.bytes[at] === 0x74 || json.bytes[at] === 0x31);
}

/** The newer name goes before the older, as in vLLM. */
function maxTokens(json: JsonBytes, { from, to }: ObjectFields): number {
  for (const place of [top.max_completion_tokens, top.max_tokens, top.max_output_tokens]) {
    if (from[place]! < 0) continue;
    const value = jsonNumber(json, from[place]!, to[place]!);
    if (value >= 0) return value;
  }
  return Number.NaN;
}
