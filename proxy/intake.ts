import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { usOf } from '../core/time.ts';
import { ClientAnswer } from './client/client-answer.ts';
import type { ProxyError } from './client/error-body.ts';
import { identify } from './client/identify.ts';
import { type Destination, destinationOf } from './client/paths.ts';
import { readBody } from './client/read-body.ts';
import { requestHeaders } from './client/request-headers.ts';
import type { ProxySetup } from './config/proxy-setup.ts';
import { Exchange } from './exchange.ts';
import { decodedBody } from './prompt/decoded-body.ts';
import { refuse } from './settle.ts';

export interface IntakeListener {
  nowUs(): number;
  /** A request is here, with all of its body. */
  onExchange(exchange: Exchange, headers: IncomingHttpHeaders): void;
  /** It was answered without asking any replica. */
  onRefused(exchange: Exchange): void;
  /** It asks which models there are. */
  onModels(exchange: Exchange): void;
  isReady(): boolean;
}

/** From the head of a request to the gateway: who it is, whether it may, and what it says. */
export class Intake {
  setup: ProxySetup;
  isClosing = false;
  readonly #listener: IntakeListener;
  #open = 0;

  constructor(setup: ProxySetup, listener: IntakeListener) {
    this.setup = setup;
    this.#listener = listener;
  }

  take(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const exchange = this.#exchangeOf(request, response);
    const { method, url } = exchange.facts;
    const destination = destinationOf(method, url);
    const error = this.#objection(exchange, destination, request);
    if (error !== undefined) this.#refuse(exchange, error);
    else if (destination === 'health') exchange.answer.reply(200, plainText, [], healthy);
    else if (destination === 'models') this.#listener.onModels(exchange);
    else this.#read(exchange, request, response, expectsContinue);
  }

  #read(
    exchange: Exchange,
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): void {
    this.#open += 1;
    response.on('close', () => {
      this.#open -= 1;
      exchange.onClosed();
    });
    if (expectsContinue) response.writeContinue();
    readBody(request, this.setup.config.limits.bodyBytes, {
      onBody: (body) => this.#decode(exchange, request, body),
      onTooLarge: () => this.#refuse(exchange, errors.tooLarge),
    });
  }

  #exchangeOf(request: IncomingMessage, response: ServerResponse): Exchange {
    const { anonymous, clients, config } = this.setup;
    const stalledReaderMs = usOf(config.limits.stalledReader) / 1_000;
    const client = clients === undefined ? anonymous : identify(request.headers, clients);
    return new Exchange({
      requestId: requestIdOf(request),
      method: request.method!,
      url: request.url!,
      client: client ?? { ...anonymous, tenant: '' },
      isKnown: client !== undefined,
      answer: new ClientAnswer(response, stalledReaderMs),
      arrivalUs: this.#listener.nowUs(),
      tellsStory: config.tellStory,
      stalledReaderMs,
    });
  }

  /** Why a request is not even read. */
  #objection(
    { facts }: Exchange,
    destination: Destination,
    request: IncomingMessage,
  ): ProxyError | undefined {
    if (destination === 'malformed') return errors.malformedPath;
    if (destination === 'unknown') return errors.unknownPath;
    if (destination === 'health') return this.#listener.isReady() ? undefined : errors.notReady;
    if (!facts.isKnown) return errors.unknownKey;
    if (this.isClosing) return errors.closing;
    const { limits } = this.setup.config;
    if (this.#open >= limits.requests) return errors.busy;
    const declared = Number(request.headers['content-length'] ?? 0);
    return declared > limits.bodyBytes ? errors.tooLarge : undefined;
  }

  #refuse(exchange: Exchange, error: ProxyError): void {
    refuse(exchange, error);
    this.#listener.onRefused(exchange);
  }

  #decode(exchange: Exchange, request: IncomingMessage, body: Buffer | undefined): void {
    const encoding = request.headers['content-encoding'];
    if (body === undefined || encoding === undefined || encoding === 'identity') {
      this.#forward(exchange, request, body);
      return;
    }
    void decodedBody(body, encoding, this.setup.config.limits.bodyBytes).then((decoded) => {
      if (exchange.isGone) return;
      if (decoded.kind === 'plain') this.#forward(exchange, request, decoded.body);
      else this.#refuse(exchange, { ...undecoded[decoded.kind], message: decoded.message });
    });
  }

  #forward(exchange: Exchange, request: IncomingMessage, body: Buffer | undefined): void {
    const { authorization, config } = this.setup;
    const { method, requestId, url } = exchange.facts;
    const headers = requestHeaders(request.rawHeaders, {
      requestId,
      authorization,
      keepsCredentials: config.upstream.forwardClientKey,
    });
    // Older clients do not know chunks.
    const takesFrames = request.httpVersionMajor === 1 && request.httpVersionMinor === 1;
    exchange.upstream = { method, path: url, headers, body, takesFrames };
    this.#listener.onExchange(exchange, request.headers);
  }
}

/** A client's own is kept, unless it could do harm in a log or a header. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given)) return given;
  return randomUUID();
}

const healthy = Buffer.from('OK\n');
const plainText = ['content-type', 'text/plain', 'content-length', String(healthy.length)];
const invalid = 'invalid_request_error';

const errors = {
  malformedPath: {
    status: 400,
    code: 'malformed_path',
    type: invalid,
    message: 'The path of the request is not one that can be passed on.',
  },
  unknownPath: {
    status: 404,
    code: 'unknown_path',
    type: invalid,
    message: 'There is nothing at this path. Clients have /v1/…, /tokenize and /health.',
  },
  notReady: {
    status: 503,
    code: 'no_replica',
    type: 'server_error',
    message: 'No replica can take requests now.',
  },
  unknownKey: {
    status: 401,
    code: 'invalid_api_key',
    type: invalid,
    message: 'Send a valid key as "Authorization: Bearer …".',
  },
  closing: {
    status: 503,
    code: 'shutting_down',
    type: 'server_error',
    message: 'The proxy is shutting down. Try again.',
    retryAfterS: 1,
  },
  busy: {
    status: 503,
    code: 'too_many_requests_open',
    type: 'server_error',
    message: 'Too many requests are open. Try again.',
    retryAfterS: 1,
  },
  tooLarge: {
    status: 413,
    code: 'body_too_large',
    type: invalid,
    message: 'The body of the request is longer than it may be.',
  },
} as const satisfies Record<string, ProxyError>;

const undecoded = {
  'too-large': { status: 413, code: 'body_too_large', type: invalid },
  damaged: { status: 400, code: 'damaged_body', type: invalid },
  unsupported: { status: 415, code: 'unsupported_encoding', type: invalid },
} as const;
