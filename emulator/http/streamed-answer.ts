import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { LagMeter } from '../metrics/lag-meter.ts';
import type { AnswerListener } from '../played-request.ts';
import {
  doneEvent,
  type EventIdentity,
  EventTexts,
  type FinishReason,
  framed,
  type Usage,
} from './event-texts.ts';

export interface StreamedAnswerOptions {
  readonly response: ServerResponse;
  readonly identity: EventIdentity;
  readonly seed: number;
  readonly promptTokens: number;
  /** How many tokens there will be, and why no more. */
  readonly outputTokens: number;
  readonly finish: FinishReason;
  readonly includeUsage: boolean;
  readonly continuousUsage: boolean;
  readonly lag: LagMeter;
}

/**
 * An answer as server-sent events. Status and headers go out at once, as vLLM sends them. Tokens
 * are written to the connection itself, each in a chunk that was framed beforehand: it is the one
 * thing here that is done ten thousand times a second.
 */
export class StreamedAnswer implements AnswerListener {
  readonly #options: StreamedAnswerOptions;
  readonly #texts: EventTexts;
  /** Undefined where chunks are not ours to frame: before HTTP/1.1, or when it is not our turn. */
  readonly #connection: Socket | undefined;
  #told = 0;

  constructor(options: StreamedAnswerOptions) {
    const { identity, response, seed } = options;
    this.#options = options;
    this.#texts = new EventTexts(identity, seed);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
    response.flushHeaders();
    const isOurs = response.chunkedEncoding && response.socket !== null;
    this.#connection = isOurs ? response.socket : undefined;
  }

  onTokens(tokens: number, endsUs: ArrayLike<number>, at: number): void {
    const { lag, outputTokens } = this.#options;
    let text = this.#told === 0 ? this.#beginning() : '';
    for (let i = at; i < at + tokens; i++) {
      const position = this.#told++;
      text += position + 1 < outputTokens ? this.#chunk(position) : this.#ending(position);
    }
    if (this.#connection === undefined) this.#options.response.write(text);
    else if (this.#connection.writable) this.#connection.write(text, 'latin1');
    for (let i = at; i < at + tokens; i++) lag.record(endsUs[i]!);
  }

  onEnd(): void {
    this.#options.response.end();
  }

  #beginning(): string {
    const { continuousUsage, identity } = this.#options;
    if (identity.kind !== 'chat') return '';
    return this.#framed(this.#texts.role(continuousUsage ? this.#usage() : undefined));
  }

  #chunk(position: number): string {
    if (!this.#options.continuousUsage && this.#connection !== undefined) {
      return this.#texts.chunk(position);
    }
    const usage = this.#options.continuousUsage ? this.#usage() : undefined;
    return this.#framed(this.#texts.event(position, undefined, usage));
  }

  #ending(position: number): string {
    const { continuousUsage, finish, includeUsage } = this.#options;
    const usage = this.#usage();
    const last = this.#texts.event(position, finish, continuousUsage ? usage : undefined);
    const all = includeUsage ? [last, this.#texts.usage(usage), doneEvent] : [last, doneEvent];
    return all.map((event) => this.#framed(event)).join('');
  }

  #framed(event: string): string {
    return this.#connection === undefined ? event : framed(event);
  }

  #usage(): Usage {
    const { promptTokens } = this.#options;
    const total = promptTokens + this.#told;
    return { prompt_tokens: promptTokens, total_tokens: total, completion_tokens: this.#told };
  }
}
