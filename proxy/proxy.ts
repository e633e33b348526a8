import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '../core/random.ts';
import { noLimits } from '../core/slo.ts';
import type { Attempt } from '../gateway/attempt.ts';
import type { Usage } from '../gateway/attempts.ts';
import { Gateway } from '../gateway/gateway.ts';
import { GatewayRequest } from '../gateway/gateway-request.ts';
import type { GatewayPolicy } from '../gateway/policy.ts';
import type { ReplicaFacts } from '../gateway/replica-state.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { ClientAnswer } from './client/client-answer.ts';
import { readBody } from './client/read-body.ts';
import { requestHeaders } from './client/request-headers.ts';
import { Exchange } from './exchange.ts';
import { Leg, type LegListener } from './leg.ts';
import { LiveBackend } from './live-backend.ts';
import { settle } from './settle.ts';
import type { CreateTransport } from './upstream/transport.ts';
import { WallClock } from './wall-clock.ts';

export interface ProxyReplica extends ReplicaFacts {
  readonly url: URL;
}

export interface ProxyOptions {
  readonly replicas: readonly ProxyReplica[];
  readonly strategy: Strategy;
  readonly policy: GatewayPolicy;
  readonly createTransport: CreateTransport;
  readonly random: Random;
  readonly mostBodyBytes: number;
  readonly tellsStory: boolean;
}

/** The gateway behind real sockets. */
export class Proxy implements LegListener {
  readonly #options: ProxyOptions;
  readonly #clock = new WallClock();
  readonly #gateway: Gateway<Leg>;
  #requests = 0;

  constructor(options: ProxyOptions) {
    this.#options = options;
    const transports = options.replicas.map(({ url }) => options.createTransport(url));
    this.#gateway = new Gateway<Leg>({
      replicas: options.replicas,
      strategy: options.strategy,
      backend: new LiveBackend(transports, () => {}),
      policy: options.policy,
      clock: this.#clock,
      random: options.random,
      onOutcome: (request) => settle(request.work.exchange),
      checkInvariants: false,
    });
    this.#clock.sleeper = this.#gateway;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    // A request that came before the last one had its answer waits for its turn.
    if (response.socket === null) response.once('socket', () => this.#read(request, response));
    else this.#read(request, response);
  };

  nowUs(): number {
    return this.#clock.nowUs();
  }

  onBegun(attempt: Attempt<Leg>, _isToken: boolean, nowUs: number): void {
    this.#gateway.onFirstToken(attempt, nowUs);
  }

  onEnd(attempt: Attempt<Leg>, usage: Usage, nowUs: number): void {
    this.#gateway.onEnd(attempt, usage, nowUs);
  }

  onError(attempt: Attempt<Leg>, outcome: 'failed' | 'refused', nowUs: number): void {
    this.#gateway.onError(attempt, nowUs, outcome);
  }

  #read(request: IncomingMessage, response: ServerResponse): void {
    readBody(request, this.#options.mostBodyBytes, {
      onBody: (body) => this.#forward(request, response, body),
      onTooLarge: () => response.writeHead(413).end(),
    });
  }

  #forward(incoming: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    if (response.destroyed) return;
    const nowUs = this.nowUs();
    const id = ++this.#requests;
    const requestId = String(id);
    const exchange = new Exchange({
      requestId,
      tenant: 'default',
      answer: new ClientAnswer(response),
      arrivalUs: nowUs,
      tellsStory: this.#options.tellsStory,
      upstream: {
        method: incoming.method!,
        path: incoming.url!,
        headers: requestHeaders(incoming.rawHeaders, {
          requestId,
          authorization: undefined,
          keepsCredentials: false,
        }),
        body,
      },
    });
    const request = new GatewayRequest<Leg>(
      {
        id,
        tenant: 'default',
        session: 0,
        turn: 0,
        arrivalUs: nowUs,
        promptTokens: Math.ceil((body?.length ?? 0) / 4),
        priority: 0,
        adapter: 0,
        limits: noLimits,
      },
      new Leg(exchange, this),
    );
    exchange.request = request;
    response.on('close', () => {
      if (request.phase !== 'ended') this.#gateway.cancel(request, 'cancelled', this.nowUs());
    });
    this.#gateway.submit(request, nowUs);
  }
}
