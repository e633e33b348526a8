import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { EmulatedReplica } from '../emulated-replica.ts';
import type { LagMeter } from '../metrics/lag-meter.ts';
import { metricsPage } from '../metrics/metrics-page.ts';
import { type ApiError, badRequest, errorBody, internalError } from './api-errors.ts';
import { Completions, type HttpExchange, type QueueCaps } from './completions.ts';
import type { FaultSwitch } from './fault-switch.ts';
import { answerKvEvents } from './kv-event-answer.ts';
import { readJson } from './read-json.ts';
import { detokenize, tokenize } from './tokenize.ts';

export interface FrontEndOptions {
  readonly replica: EmulatedReplica;
  readonly caps: QueueCaps;
  readonly lag: LagMeter;
  readonly apiKey: string | undefined;
  readonly faults: FaultSwitch;
  readonly enablePromptTokensDetails: boolean;
}

/** By which vLLM says whether its engine is alive. */
const healthPaths: ReadonlySet<string> = new Set(['/health', '/ping']);

type Respond = (response: ServerResponse) => void;
type Take = (body: unknown, http: HttpExchange) => void;

/** The HTTP side of one replica: the paths of vLLM's server. */
export class FrontEnd {
  readonly server: Server;
  readonly #options: FrontEndOptions;
  readonly #completions: Completions;
  readonly #created = Math.floor(Date.now() / 1_000);
  #inFlight = 0;

  constructor(options: FrontEndOptions) {
    this.#options = options;
    this.#completions = new Completions(options);
    this.server = createServer({ noDelay: true, keepAliveTimeout: 75_000 });
    this.server.maxRequestsPerSocket = 0;
    this.server.on('request', (request, response) => this.onRequest(request, response));
  }

  onRequest(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').split('?', 1)[0]!;
    if (path !== '/fault') {
      const { state } = this.#options.faults;
      if (state === 'hang') return;
      if (state === 'fail-fast') {
        if (healthPaths.has(path)) response.writeHead(503).end();
        else sendError(response, internalError('EngineCore encountered an issue.'));
        return;
      }
    }
    if (path.startsWith('/v1/') && !this.#isAllowed(request)) {
      sendJson(response, 401, { error: 'Unauthorized' });
      return;
    }
    const respond = request.method === 'GET' ? this.#gets[path] : undefined;
    const take = request.method === 'POST' ? this.#posts[path] : undefined;
    if (respond !== undefined) respond(response);
    else if (take !== undefined) this.#take(take, request, response);
    else if (path in this.#gets || path in this.#posts) {
      sendJson(response, 405, { detail: 'Method Not Allowed' });
    } else sendJson(response, 404, { detail: 'Not Found' });
  }

  #take(take: Take, request: IncomingMessage, response: ServerResponse): void {
    this.#inFlight += 1;
    response.once('close', () => {
      this.#inFlight -= 1;
    });
    const { replica } = this.#options;
    let receivedUs = replica.nowUs;
    request.on('data', () => {
      receivedUs = replica.nowUs;
    });
    readJson(request, {
      onJson: (body) => take(body, { request, response, receivedUs }),
      onError: (message) => sendError(response, badRequest(message)),
    });
  }

  readonly #gets: Readonly<Record<string, Respond>> = {
    '/health': (response) => response.writeHead(200).end(),
    '/ping': (response) => response.writeHead(200).end(),
    '/load': (response) => sendJson(response, 200, { server_load: this.#inFlight }),
    '/version': (response) =>
      sendJson(response, 200, { version: this.#options.replica.vllmVersion }),
    '/v1/models': (response) => sendJson(response, 200, this.#models),
    '/kv_events': (response) => answerKvEvents(response, this.#options.replica.kvEvents),
    '/metrics': (response) => {
      const { lag, replica } = this.#options;
      replica.catchUp();
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(metricsPage(replica, lag));
    },
  };

  readonly #posts: Readonly<Record<string, Take>> = {
    '/ping': (_body, { response }) => response.writeHead(200).end(),
    '/v1/chat/completions': (body, http) => {
      answer(http.response, this.#completions.begin('chat', body, http));
    },
    '/v1/completions': (body, http) => {
      answer(http.response, this.#completions.begin('completion', body, http));
    },
    '/fault': (body, { response }) => {
      const fault = this.#options.faults.read(body);
      if ('status' in fault) return sendError(response, fault);
      // Whoever asks for it hears that it has come before its connection breaks.
      response.once('finish', () => this.#options.faults.apply(fault));
      sendJson(response, 200, fault);
    },
    '/tokenize': (body, { response }) => {
      const result = tokenize(body, this.#options.replica.config.maxModelLen);
      if ('status' in result) sendError(response, result);
      else sendJson(response, 200, result);
    },
    '/detokenize': (body, { response }) => {
      const result = detokenize(body);
      if ('status' in result) sendError(response, result);
      else sendJson(response, 200, result);
    },
  };

  get #models(): object {
    const { config, modelName } = this.#options.replica;
    const model = {
      id: modelName,
      object: 'model',
      created: this.#created,
      owned_by: 'vllm',
      root: modelName,
      parent: null,
      max_model_len: config.maxModelLen,
    };
    return { object: 'list', data: [model] };
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const { apiKey } = this.#options;
    return apiKey === undefined || headers.authorization === `Bearer ${apiKey}`;
  }
}

function answer(response: ServerResponse, error: ApiError | undefined): void {
  if (error !== undefined) sendError(response, error);
}

function sendError(response: ServerResponse, error: ApiError): void {
  response.writeHead(error.status, { 'content-type': 'application/json' });
  response.end(errorBody(error));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
