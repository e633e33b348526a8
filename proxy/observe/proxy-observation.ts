import type { Server } from 'node:http';
import type { Bar } from '../../gateway/pool.ts';
import type { ProxySetup } from '../config/proxy-setup.ts';
import type { ProxyOptions, ProxyServer } from '../proxy-server.ts';
import { Decisions } from './decisions.ts';
import { ProxyMetrics } from './proxy-metrics.ts';
import type { ProxySnapshot } from './proxy-snapshot.ts';
import type { RequestSummary } from './request-summary.ts';

/** All that others may know of a proxy: metrics, decisions, the access log, lines for operators. */
export class ProxyObservation {
  readonly metrics: ProxyMetrics;
  readonly decisions: Decisions;
  readonly #proxy: ProxyServer;
  readonly #log: ProxyOptions['log'];
  readonly #say: ProxyOptions['say'];
  #connections = 0;

  constructor(proxy: ProxyServer, { log, say, setup }: ProxyOptions) {
    this.#proxy = proxy;
    this.#log = log;
    this.#say = say;
    this.metrics = new ProxyMetrics({
      snapshot: () => this.#snapshot(),
      names: namesIn(setup),
      ofProcess: true,
    });
    this.decisions = new Decisions(this.metrics);
  }

  countConnections(server: Server): void {
    server.on('connection', (socket) => {
      this.#connections += 1;
      socket.on('close', () => {
        this.#connections -= 1;
      });
    });
  }

  /** Of a configuration that was read again. */
  know(setup: ProxySetup): void {
    this.metrics.know(namesIn(setup));
  }

  requestEnded(summary: RequestSummary): void {
    this.metrics.requestEnded(summary);
    this.#log?.requestEnded(summary);
  }

  barred(replica: string, bar: Bar, isBarred: boolean): void {
    if (bar === 'isEjected' && isBarred) this.metrics.ejected(replica);
    if (bar !== 'isOnTrial') this.#say(`${replica} ${barTexts[bar][isBarred ? 0 : 1]}`);
  }

  #snapshot(): ProxySnapshot {
    const { gateway } = this.#proxy.generation;
    const { replicas } = gateway;
    return {
      nowUs: this.#proxy.generation.nowUs(),
      replicas,
      queueLength: gateway.waiting,
      openConnections: this.#connections,
      // An answer in one piece has no beginning before its end.
      openStreams: replicas.reduce((sum, { awaiting, inFlight }) => sum + inFlight - awaiting, 0),
      lostLogLines: this.#log?.lostLines ?? 0,
    };
  }
}

const barTexts = {
  isDown: ['does not answer health checks: nothing is sent there', 'answers health checks again'],
  isEjected: ['has failed several requests in a row: it is left alone', 'is tried again'],
} as const;

function namesIn({ anonymous, clients, config }: ProxySetup) {
  const tenants = [...new Set([...(clients?.values() ?? [anonymous])].map(({ tenant }) => tenant))];
  return { tenants, models: config.model === undefined ? [] : [config.model] };
}
