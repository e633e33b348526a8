import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { randomStream } from '../core/random.ts';
import { usOf } from '../core/time.ts';
import { GatewayRequest } from '../gateway/gateway-request.ts';
import { createAdminServer } from './admin/admin-server.ts';
import { Operator } from './admin/operator.ts';
import { proxyAdmin } from './admin/proxy-admin.ts';
import { createListener, listen } from './client/listener.ts';
import { proxyError } from './client/proxy-errors.ts';
import type { ProxySetup } from './config/proxy-setup.ts';
import type { Exchange } from './exchange.ts';
import { type Brain, Generation, type StreamName } from './generation.ts';
import { Intake } from './intake.ts';
import { Leg } from './leg.ts';
import { Models } from './models.ts';
import { ProxyObservation } from './observe/proxy-observation.ts';
import type { RequestSummary } from './observe/request-summary.ts';
import { refuse, settle } from './settle.ts';
import { summaryOf } from './summary-of.ts';
import { DispatchTransport } from './upstream/dispatch-transport.ts';
import { RawTransport } from './upstream/raw-transport.ts';

export interface ProxyOptions {
  readonly setup: ProxySetup;
  readonly createBrain: (setup: ProxySetup, chance: StreamName) => Brain;
  /** Asserts the numbered invariants of the gateway at every step; slow, for tests. */
  readonly checkInvariants?: boolean;
  /** The chance of this run. */
  readonly seed: number;
  readonly version: string;
  /** The configuration as it is now; throws a coded error where that is wrong. */
  readonly readSetup: () => ProxySetup;
  /** What operators should know, a line each. */
  readonly say: (message: string) => void;
  /** Where each request is written when it has its outcome. */
  readonly log?: RequestLog | undefined;
}

export interface RequestLog {
  readonly lostLines: number;
  requestEnded(summary: RequestSummary): void;
}

export interface Ports {
  readonly clients: number;
  readonly admin: number | undefined;
}

/** The gateway behind real sockets: what clients send goes through it to the replicas. */
export class ProxyServer {
  readonly observation: ProxyObservation;
  readonly operator = new Operator(() => this.#generation);
  readonly #options: ProxyOptions;
  readonly #intake: Intake;
  readonly #server: Server;
  readonly #admin: Server;
  #setup: ProxySetup;
  #models: Models;
  #generation: Generation;
  /** Those that have to finish what they have. */
  readonly #retired = new Set<Generation>();
  #generations = 0;
  #requests = 0;
  #onIdle: (() => void) | undefined = undefined;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#setup = options.setup;
    this.observation = new ProxyObservation(this, options);
    this.#models = this.#createModels();
    this.#generation = this.#createGeneration();
    this.#intake = new Intake(options.setup, {
      nowUs: () => this.#generation.nowUs(),
      onExchange: (exchange, headers) => this.#submit(exchange, headers),
      onRefused: (exchange) => this.#tell(exchange),
      isReady: () => this.isReady,
      onModels: (exchange) => void this.#answerModels(exchange),
    });
    this.#admin = createAdminServer({
      target: proxyAdmin(this, options),
      token: () => this.#setup.adminToken,
      hasOpenMetrics: () => this.#setup.config.admin.openMetrics,
    });
    this.#server = createListener(options.setup.config.limits, {
      onRequest: (...request) => this.#onRequest(...request),
    });
    this.observation.countConnections(this.#server);
  }

  /** The ports it listens at; without a token there is no admin interface. */
  async start(): Promise<Ports> {
    try {
      return await this.#listen();
    } catch (error) {
      // Probes and scrapes would go on for ever, in a process that serves nobody.
      await this.stop();
      throw error;
    }
  }

  async #listen(): Promise<Ports> {
    const { adminToken, config } = this.#setup;
    const clients = await listen(this.#server, config.listen.host, config.listen.port);
    if (adminToken === undefined) return { clients, admin: undefined };
    const admin = await listen(this.#admin, config.admin.host, config.admin.port);
    return { clients, admin };
  }

  get setup(): ProxySetup {
    return this.#setup;
  }

  get generation(): Generation {
    return this.#generation;
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

  /** Streams go on. Where only replicas come or go, nothing that was learned is lost. */
  reload(setup: ProxySetup): void {
    const keepsBrain = brainText(setup) === brainText(this.#setup);
    this.#setup = setup;
    this.#intake.setup = setup;
    this.observation.know(setup);
    if (keepsBrain) {
      this.#generation.setReplicas(setup.replicas, (name) => this.operator.isDrained(name));
      return;
    }
    const before = this.#generation;
    this.#models = this.#createModels();
    this.#generation = this.#createGeneration();
    this.operator.applyTo(this.#generation);
    before.retire();
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

  #createModels(): Models {
    const { authorization } = this.#setup;
    return new Models({
      createTransport: this.#createTransport,
      authorization,
      say: this.#options.say,
    });
  }

  #createGeneration(): Generation {
    const { createBrain, say, seed } = this.#options;
    const setup = this.#setup;
    const name = `generation-${++this.#generations}`;
    return new Generation({
      setup,
      brain: createBrain(setup, { seed, stream: `strategy/${name}` }),
      random: randomStream(seed, `gateway/${name}`),
      createTransport: this.#createTransport,
      checkInvariants: this.#options.checkInvariants ?? false,
      watcher: this.observation.decisions,
      onOutcome: ({ work }) => this.#onOutcome(work.exchange),
      onBar: (replica, bar, isBarred) => this.observation.barred(replica.name, bar, isBarred),
      onAlert: ({ replica, share }) => {
        const percent = (100 * share).toFixed(0);
        say(`${replica} gets ${percent} % of the requests, though others are healthy`);
      },
      onNewcomer: (replica) => void this.#models.check(replica),
    });
  }

  readonly #createTransport = (origin: URL) =>
    this.#setup.config.upstream.transport === 'raw'
      ? new RawTransport(origin)
      : new DispatchTransport(origin);

  #submit(exchange: Exchange, headers: IncomingHttpHeaders): void {
    const generation = this.#generation;
    const { client } = exchange.facts;
    const features = generation.prompts.read(exchange.upstream!.body, headers);
    exchange.features = features;
    const nowUs = generation.nowUs();
    exchange.submittedUs = nowUs;
    const request = new GatewayRequest<Leg>(
      {
        id: ++this.#requests,
        tenant: client.tenant,
        tier: client.tier,
        session: features.session,
        turn: 0,
        arrivalUs: nowUs,
        promptTokens: features.promptTokens,
        priority: client.priority,
        adapter: this.#models.adapterOf(features.model),
        limits: client.limits,
      },
      new Leg(exchange, generation),
    );
    request.prefixHashes = features.prefixHashes;
    request.isStreamed = features.isStreamed;
    exchange.request = request;
    exchange.cancel = () => generation.gateway.cancel(request, 'cancelled', generation.nowUs());
    generation.gateway.submit(request, nowUs);
  }

  #onOutcome(exchange: Exchange): void {
    settle(exchange);
    const { features, tail } = exchange;
    if (tail !== undefined) this.#generation.prompts.learn(features!, tail.facts.promptTokens);
    this.#tell(exchange);
    if (this.#retired.size > 0) this.#sweep();
    if (this.#onIdle !== undefined && this.inSystem === 0) this.#onIdle();
  }

  async #answerModels(exchange: Exchange): Promise<void> {
    const { gateway, replicas } = this.#generation;
    const asked = replicas.filter((_, index) => gateway.replicas[index]!.isInPool);
    const list = await this.#models.list(asked);
    if (exchange.isGone) return;
    if (list === undefined) {
      const message = 'No replica says which models it serves.';
      refuse(exchange, proxyError('replica_failed', message));
    } else {
      const body = Buffer.from(JSON.stringify(list));
      const headers = ['content-type', 'application/json', 'content-length', String(body.length)];
      exchange.answer.reply(200, headers, exchange.ownHeaders(), body);
    }
    this.#tell(exchange);
  }

  #tell(exchange: Exchange): void {
    this.observation.requestEnded(summaryOf(exchange, this.#generation.nowUs()));
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
function brainText({ authorization, config, strategy }: ProxySetup): string {
  const { fleet, gateway, model, sessionHeader, upstream } = config;
  const groups = fleet?.map((group) => ({ ...group, replicas: 0 }));
  const whole = [strategy, gateway, model, groups, sessionHeader, upstream, authorization];
  return JSON.stringify(whole);
}
