import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { ClientAnswer } from './client/client-answer.ts';
import type { ProxyError } from './client/error-body.ts';
import { identify } from './client/identify.ts';
import { type Destination, destinationOf } from './client/paths.ts';
import { proxyError } from './client/proxy-errors.ts';
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
      onTooLarge: () => this.#refuse(exchange, proxyError('body_too_large')),
    });
  }

  #exchangeOf(request: IncomingMessage, response: ServerResponse): Exchange {
    const { anonymous, clients, config, stalledReaderMs } = this.setup;
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
    });
  }

  /** Why a request is not even read. */
  #objection(
    { facts }: Exchange,
    destination: Destination,
    request: IncomingMessage,
  ): ProxyError | undefined {
    if (destination === 'malformed') return proxyError('malformed_path');
    if (destination === 'unknown') return proxyError('unknown_path');
    if (destination === 'health') {
      return this.#listener.isReady() ? undefined : proxyError('no_replica');
    }
    if (!facts.isKnown) return proxyError('invalid_api_key');
    if (this.isClosing) return proxyError('shutting_down');
    const { limits } = this.setup.config;
    if (this.#open >= limits.requests) return proxyError('too_many_requests_open');
    const declared = Number(request.headers['content-length'] ?? 0);
    return declared > limits.bodyBytes ? proxyError('body_too_large') : undefined;
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
      else this.#refuse(exchange, proxyError(undecoded[decoded.kind], decoded.message));
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

/** Of this process, so that numbers are enough for its requests. */
const ownPrefix = randomBytes(9).toString('base64url');
let ownRequests = 0;

/** A client's own is kept, unless it could do harm in a log or a header. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given)) return given;
  ownRequests += 1;
  return `${ownPrefix}-${ownRequests.toString(36)}`;
}

const healthy = Buffer.from('OK\n');
const plainText = ['content-type', 'text/plain', 'content-length', String(healthy.length)];

const undecoded = {
  'too-large': 'body_too_large',
  damaged: 'damaged_body',
  unsupported: 'unsupported_encoding',
} as const;
