import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Random, randomStream } from '../core/random.ts';
import { usOf } from '../core/time.ts';
import type { DistributionAlert } from '../gateway/distribution-monitor.ts';
import { GatewayRequest } from '../gateway/gateway-request.ts';
import { createAdminServer } from './admin/admin-server.ts';
import { Operator } from './admin/operator.ts';
import { proxyAdmin } from './admin/proxy-admin.ts';
import { createListener, listen } from './client/listener.ts';
import type { ProxySetup } from './config/proxy-setup.ts';
import type { Exchange } from './exchange.ts';
import { type Brain, Generation } from './generation.ts';
import { Intake } from './intake.ts';
import { Leg } from './leg.ts';
import { Decisions } from './observe/decisions.ts';
import type { RequestSummary } from './observe/request-summary.ts';
import { settle } from './settle.ts';
import { summaryOf } from './summary-of.ts';
import { DispatchTransport } from './upstream/dispatch-transport.ts';
import { RawTransport } from './upstream/raw-transport.ts';

export interface ProxyOptions {
  readonly setup: ProxySetup;
  readonly createBrain: (setup: ProxySetup, random: Random) => Brain;
  /** The chance of this run. */
  readonly seed: number;
  readonly version: string;
  /** The configuration as it is now; throws a coded error where that is wrong. */
  readonly readSetup: () => ProxySetup;
  /** What `/metrics` says. */
  readonly metrics: () => Promise<readonly [contentType: string, text: string]>;
  readonly onAlert: (alert: DistributionAlert) => void;
  /** Told of each request when it has its outcome. */
  readonly observers: readonly { requestEnded(summary: RequestSummary): void }[];
}

export interface Ports {
  readonly clients: number;
  readonly admin: number | undefined;
}

/** The gateway behind real sockets: what clients send goes through it to the replicas. */
export class ProxyServer {
  readonly decisions = new Decisions();
  readonly operator = new Operator(() => this.#generation);
  readonly #options: ProxyOptions;
  readonly #intake: Intake;
  readonly #server: Server;
  readonly #admin: Server;
  #setup: ProxySetup;
  #generation: Generation;
  /** Those that have to finish what they have. */
  readonly #retired = new Set<Generation>();
  #generations = 0;
  #requests = 0;
  #onIdle: (() => void) | undefined = undefined;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#setup = options.setup;
    this.#generation = this.#createGeneration(options.setup);
    this.#intake = new Intake(options.setup, {
      nowUs: () => this.#generation.nowUs(),
      onExchange: (exchange) => this.#submit(exchange),
      onRefused: (exchange) => this.#tell(exchange),
      isReady: () => this.isReady,
      onModels: (exchange) => this.#submit(exchange),
    });
    this.#admin = createAdminServer({
      target: proxyAdmin(this, options),
      token: () => this.#setup.adminToken!,
      hasOpenMetrics: () => this.#setup.config.admin.openMetrics,
    });
    this.#server = createListener(options.setup.config.limits, {
      onRequest: (...request) => this.#onRequest(...request),
    });
  }

  /** The ports it listens at; without a token there is no admin interface. */
  async start(): Promise<Ports> {
    const { adminToken, config } = this.#setup;
    const clients = await listen(this.#server, config.listen.host, config.listen.port);
    if (adminToken === undefined) return { clients, admin: undefined };
    const admin = await listen(this.#admin, config.admin.host, config.admin.port);
    return { clients, admin };
  }

  get setup(): ProxySetup {
    return this.#setup;
  }

  /** Whether some replica would take a request. */
  get isReady(): boolean {
    return this.#generation.gateway.replicas.some(
      ({ isDown, isEjected, isInPool }) => isInPool && !isDown && !isEjected,
    );
  }

  /** Requests without an outcome. */
  get inSystem(): number {
    let sum = this.#generation.gateway.inSystem;
    for (const { gateway } of this.#retired) sum += gateway.inSystem;
    return sum;
  }

  get generation(): Generation {
    return this.#generation;
  }

  /** Streams go on. Where only replicas come or go, nothing that was learned is lost. */
  reload(setup: ProxySetup): void {
    const keepsBrain = brainText(setup) === brainText(this.#setup);
    this.#setup = setup;
    this.#intake.setup = setup;
    if (keepsBrain) {
      this.#generation.setReplicas(setup.replicas, (name) => this.operator.isDrained(name));
      return;
    }
    const before = this.#generation;
    this.#generation = this.#createGeneration(setup);
    this.operator.applyTo(this.#generation);
    this.#retired.add(before);
    this.#sweep();
  }

  /** Takes nothing new, lets streams finish for a while, and then ends them. */
  async stop(): Promise<void> {
    this.#intake.isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    if (this.inSystem > 0) await this.#drained(usOf(this.#setup.config.shutdownGrace) / 1_000);
    for (const generation of [this.#generation, ...this.#retired]) {
      generation.gateway.close(generation.nowUs());
      generation.close();
    }
    this.#server.closeIdleConnections();
    this.#admin.close();
    this.#admin.closeAllConnections();
    const hurry = setTimeout(() => this.#server.closeAllConnections(), 1_000);
    await closed;
    clearTimeout(hurry);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    // A request that came before the last one had its answer waits for its turn.
    if (response.socket !== null) this.#intake.take(request, response, expectsContinue);
    else response.once('socket', () => this.#intake.take(request, response, expectsContinue));
  }

  #createGeneration(setup: ProxySetup): Generation {
    const { createBrain, onAlert, seed } = this.#options;
    const name = `generation-${++this.#generations}`;
    const { transport } = setup.config.upstream;
    return new Generation({
      setup,
      brain: createBrain(setup, randomStream(seed, `strategy/${name}`)),
      random: randomStream(seed, `gateway/${name}`),
      createTransport: (origin) =>
        transport === 'raw' ? new RawTransport(origin) : new DispatchTransport(origin),
      probe: () => {},
      watcher: this.decisions,
      onOutcome: ({ work }) => this.#onOutcome(work.exchange),
      onAlert,
    });
  }

  #submit(exchange: Exchange): void {
    const generation = this.#generation;
    const nowUs = generation.nowUs();
    exchange.submittedUs = nowUs;
    const { client } = exchange.facts;
    const request = new GatewayRequest<Leg>(
      {
        id: ++this.#requests,
        tenant: client.tenant,
        tier: client.tier,
        session: 0,
        turn: 0,
        arrivalUs: nowUs,
        promptTokens: Math.ceil((exchange.upstream?.body?.length ?? 0) / 4),
        priority: client.priority,
        adapter: 0,
        limits: client.limits,
      },
      new Leg(exchange, generation),
    );
    exchange.request = request;
    exchange.cancel = () => generation.gateway.cancel(request, 'cancelled', generation.nowUs());
    generation.gateway.submit(request, nowUs);
  }

  #onOutcome(exchange: Exchange): void {
    settle(exchange);
    this.#tell(exchange);
    if (this.#retired.size > 0) this.#sweep();
    if (this.#onIdle !== undefined && this.inSystem === 0) this.#onIdle();
  }

  #tell(exchange: Exchange): void {
    const { observers } = this.#options;
    if (observers.length === 0) return;
    const summary = summaryOf(exchange, this.#generation.nowUs());
    for (const observer of observers) observer.requestEnded(summary);
  }

  /** Lets go of generations that have finished. */
  #sweep(): void {
    for (const generation of this.#retired) {
      if (generation.gateway.inSystem > 0) continue;
      generation.close();
      this.#retired.delete(generation);
    }
  }

  #drained(mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What a gateway cannot change while it runs. */
function brainText({ config, strategy }: ProxySetup): string {
  const { fleet, gateway, model, upstream } = config;
  const groups = fleet?.map((group) => ({ ...group, replicas: 0 }));
  return JSON.stringify([strategy, gateway, model, groups, upstream]);
}
