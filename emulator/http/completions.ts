import type { IncomingMessage, ServerResponse } from 'node:http';
import { Sequence } from '../../sim/replica/sequence.ts';
import type { EmulatedReplica } from '../emulated-replica.ts';
import type { LagMeter } from '../metrics/lag-meter.ts';
import { PlayedRequest } from '../played-request.ts';
import { engineRequest, planAnswer } from './answer-plan.ts';
import { type ApiError, badRequest, queueFull, unknownModel } from './api-errors.ts';
import {
  type CompletionKind,
  type CompletionRequest,
  readCompletion,
} from './completion-request.ts';
import type { EventIdentity } from './event-texts.ts';
import { StreamedAnswer } from './streamed-answer.ts';
import { WholeAnswer } from './whole-answer.ts';

/** Caps beyond which vLLM answers 503, as `--max-num-queued-reqs` and `-tokens`. */
export interface QueueCaps {
  readonly maxNumQueuedReqs: number;
  readonly maxNumQueuedTokens: number;
}

/** A request of a client and the way to answer it. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** When the last of its bytes had come, by the engine's clock. */
  readonly receivedUs: number;
}

export interface CompletionsOptions {
  readonly replica: EmulatedReplica;
  readonly caps: QueueCaps;
  readonly lag: LagMeter;
  /** As `--enable-prompt-tokens-details` of vLLM. */
  readonly enablePromptTokensDetails: boolean;
}

/** In vLLM it chooses the engine, where an address has several; here their balancer always does. */
const rankHeader = 'x-data-parallel-rank';
const noRank = badRequest('This emulated server does not do X-data-parallel-rank. Leave it out.');

/** Takes completions in, and sees them to their end. */
export class Completions {
  readonly #options: CompletionsOptions;
  #numbered = 0;
  /** Those that have no end yet. */
  readonly #open = new Set<PlayedRequest>();

  constructor(options: CompletionsOptions) {
    this.#options = options;
  }

  /** Undefined when the answer is on its way. */
  begin(kind: CompletionKind, body: unknown, http: HttpExchange): ApiError | undefined {
    const { replica } = this.#options;
    if (http.request.headers[rankHeader] !== undefined) return noRank;
    const read = readCompletion(kind, body);
    if ('error' in read) return read.error;
    const { model } = read.request;
    if (model !== undefined && model !== replica.modelName) return unknownModel(model);
    const placed = replica.passages.place(read.request.prompt);
    const plan = planAnswer(read.request, placed, replica.config.maxModelLen);
    if ('status' in plan) return plan;
    const full = this.#fullness(read.request);
    if (full !== undefined) return full;
    replica.passages.remember(read.request.prompt, placed);
    const { enablePromptTokensDetails, lag } = this.#options;
    const sequence = new Sequence(engineRequest(read.request, placed, plan));
    const answer = {
      cachedTokens: () => (enablePromptTokensDetails ? sequence.cachedTokens : undefined),
      response: http.response,
      identity: this.#identity(kind, http.request),
      seed: placed.seed,
      promptTokens: read.request.prompt.length,
      ...plan,
    };
    const { continuousUsage, includeUsage, maxTokens, stream } = read.request;
    const listener = stream
      ? new StreamedAnswer({ ...answer, includeUsage, continuousUsage, lag })
      : new WholeAnswer(answer);
    const given = { sequence, listener, isStreamed: stream, arrivalUs: http.receivedUs, maxTokens };
    this.#play(new PlayedRequest(given), http.response);
    return undefined;
  }

  /** A client that leaves takes its request along; one that has its answer leaves in vain. */
  #play(request: PlayedRequest, response: ServerResponse): void {
    const { replica } = this.#options;
    const { engine } = replica;
    this.#open.add(request);
    response.once('close', () => {
      this.#open.delete(request);
      if (!response.writableFinished && replica.engine === engine) replica.abort(request);
    });
    replica.submit(request);
  }

  #fullness({ prompt }: CompletionRequest): ApiError | undefined {
    const { maxNumQueuedReqs: mostRequests, maxNumQueuedTokens: mostTokens } = this.#options.caps;
    const requests = this.#open.size;
    if (requests >= mostRequests) {
      return queueFull(
        `Too many requests: there are ${requests}, and the most is ${mostRequests}.`,
      );
    }
    if (mostTokens === Number.POSITIVE_INFINITY) return undefined;
    let tokens = prompt.length;
    for (const { sequence, told } of this.#open) if (told === 0) tokens += sequence.promptTokens;
    if (tokens <= mostTokens) return undefined;
    return queueFull(
      `Too many tokens to prefill: it would be ${tokens}, and the most is ${mostTokens}.`,
    );
  }

  #identity(kind: CompletionKind, { headers }: IncomingMessage): EventIdentity {
    const given = headers['x-request-id'];
    const id = typeof given === 'string' ? given : `${Date.now().toString(16)}-${++this.#numbered}`;
    return {
      kind,
      id: `${kind === 'chat' ? 'chatcmpl' : 'cmpl'}-${id}`,
      created: Math.floor(Date.now() / 1_000),
      model: this.#options.replica.modelName,
    };
  }
}
