import type { ServerResponse } from 'node:http';
import type { AnswerListener } from '../played-request.ts';
import { answerText } from '../tokens/answer-words.ts';
import { type EventIdentity, type FinishReason, promptTokensDetails } from './event-texts.ts';

export interface WholeAnswerOptions {
  readonly response: ServerResponse;
  readonly identity: EventIdentity;
  readonly seed: number;
  readonly promptTokens: number;
  readonly finish: FinishReason;
  /** Of the prompt, as far as that is told. */
  readonly cachedTokens: () => number | undefined;
}

/** An answer in one piece, when all of it is there. */
export class WholeAnswer implements AnswerListener {
  readonly #options: WholeAnswerOptions;
  #tokens = 0;

  constructor(options: WholeAnswerOptions) {
    this.#options = options;
  }

  onTokens(tokens: number): void {
    this.#tokens += tokens;
  }

  onEnd(): void {
    const { cachedTokens, identity, promptTokens, response } = this.#options;
    if (response.destroyed) return;
    const { created, id, kind, model } = identity;
    const object = kind === 'chat' ? 'chat.completion' : 'text_completion';
    const usage = {
      prompt_tokens: promptTokens,
      total_tokens: promptTokens + this.#tokens,
      completion_tokens: this.#tokens,
      prompt_tokens_details: null,
      ...promptTokensDetails(cachedTokens()),
    };
    const body = { id, object, created, model, choices: [this.#choice()], usage };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }

  #choice(): object {
    const { finish, identity, seed } = this.#options;
    const text = answerText(seed, this.#tokens);
    const end = { logprobs: null, finish_reason: finish, stop_reason: null };
    if (identity.kind === 'completion') return { index: 0, text, ...end };
    const message = { role: 'assistant', content: text, refusal: null, tool_calls: [] };
    return { index: 0, message, ...end };
  }
}
