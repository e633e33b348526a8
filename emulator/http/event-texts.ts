import { answerWords, firstWords, wordAt } from '../tokens/answer-words.ts';
import type { CompletionKind } from './completion-request.ts';

export type FinishReason = 'stop' | 'length';

export interface Usage {
  readonly prompt_tokens: number;
  readonly total_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
}

/** As vLLM: with `--enable-prompt-tokens-details`, and where anything was cached. */
export function promptTokensDetails(cachedTokens: number | undefined): Partial<Usage> {
  return cachedTokens ? { prompt_tokens_details: { cached_tokens: cachedTokens } } : {};
}

export interface EventIdentity {
  readonly kind: CompletionKind;
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

export const doneEvent = 'data: [DONE]\n\n';

/**
 * The events of one streamed answer. Each word that answers are made of makes one event, which is
 * put together once: what a token costs is a look at a table. All of it is ASCII.
 */
export class EventTexts {
  readonly #kind: CompletionKind;
  readonly #head: string;
  readonly #beforeWord: string;
  readonly #afterWord: string;
  readonly #plain: (string | undefined)[] = new Array(answerWords.length).fill(undefined);
  readonly #seed: number;

  constructor({ created, id, kind, model }: EventIdentity, seed: number) {
    const object = kind === 'chat' ? 'chat.completion.chunk' : 'text_completion';
    const name = asciiJson(model);
    this.#kind = kind;
    this.#seed = seed;
    this.#head = `data: {"id":${asciiJson(id)},"object":"${object}","created":${created},"model":${name},"choices":[`;
    const chatWord = '{"index":0,"delta":{"content":"';
    this.#beforeWord = `${this.#head}${kind === 'chat' ? chatWord : '{"index":0,"text":"'}`;
    const logprobs = kind === 'chat' ? '"},"logprobs":null' : '","logprobs":null';
    this.#afterWord = `${logprobs},"finish_reason":`;
  }

  /** What comes before the first token of a chat. */
  role(usage: Usage | undefined): string {
    const delta = '{"role":"assistant","content":""}';
    const choice = `{"index":0,"delta":${delta},"logprobs":null,"finish_reason":null}`;
    return `${this.#head}${choice}]${usageText(usage)}}\n\n`;
  }

  /** The token at a position, with nothing else to say. */
  plain(position: number): string {
    if (position === 0) return this.event(0, undefined, undefined);
    const word = wordAt(this.#seed, position);
    this.#plain[word] ??= this.event(position, undefined, undefined);
    return this.#plain[word];
  }

  event(position: number, finish: FinishReason | undefined, usage: Usage | undefined): string {
    const words = position === 0 ? firstWords : answerWords;
    const word = words[wordAt(this.#seed, position)]!;
    const end = finish === undefined ? this.#noEnd : `"${finish}","stop_reason":null}`;
    return `${this.#beforeWord}${word}${this.#afterWord}${end}]${usageText(usage)}}\n\n`;
  }

  usage(usage: Usage): string {
    return `${this.#head}]${usageText(usage)}}\n\n`;
  }

  get #noEnd(): string {
    return this.#kind === 'chat' ? 'null}' : 'null,"stop_reason":null}';
  }
}

function usageText(usage: Usage | undefined): string {
  return usage === undefined ? '' : `,"usage":${JSON.stringify(usage)}`;
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
