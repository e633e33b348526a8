import { setImmediate } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ProxySnapshot } from './proxy-snapshot.ts';
import { type AttemptOutcome, type DecisionReason, ReplicaFigures } from './replica-figures.ts';
import { type KnownNames, RequestFigures } from './request-figures.ts';
import type { RequestSummary } from './request-summary.ts';
import { type MetricReaders, serveMetrics } from './served-metrics.ts';

export interface ProxyMetricsOptions {
  /** How the proxy stands; asked for once for each page that is served. */
  readonly snapshot: () => ProxySnapshot;
  readonly names: KnownNames;
  /** Whether figures of the process are served as well. */
  readonly ofProcess: boolean;
}

/** What Prometheus may know of the proxy. */
export class ProxyMetrics {
  readonly #registry = new Registry();
  readonly #requests = new RequestFigures();
  readonly #replicas = new ReplicaFigures();
  readonly #takeSnapshot: () => ProxySnapshot;
  #snapshot = nothingYet;

  constructor({ names, ofProcess, snapshot }: ProxyMetricsOptions) {
    this.#takeSnapshot = snapshot;
    this.know(names);
    const latest = () => this.#snapshot;
    const readers = { ...this.#requests.readers(), ...this.#replicas.readers(latest) };
    serveMetrics(this.#registry, { ...readers, ...proxyReaders(latest) });
    if (ofProcess) this.#addProcess();
  }

  /** Names from a configuration that was read again; those from before stay as well. */
  know(names: KnownNames): void {
    this.#requests.know(names);
  }

  requestEnded(summary: RequestSummary): void {
    this.#requests.add(summary);
  }

  /** A replica was given a request. */
  dispatched(replica: string, reason: DecisionReason, nowUs: number): void {
    const counts = this.#replicas.of(replica);
    counts.decisions[reason] += 1;
    counts.recent.add(nowUs);
  }

  attemptEnded(replica: string, outcome: AttemptOutcome): void {
    this.#replicas.of(replica).attempts[outcome] += 1;
  }

  ejected(replica: string): void {
    this.#replicas.of(replica).ejections += 1;
  }

  scrapeFailed(replica: string): void {
    this.#replicas.of(replica).scrapeErrors += 1;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The page of metrics. Streams go on between its parts: a large one takes some milliseconds. */
  async text(): Promise<string> {
    this.#snapshot = this.#takeSnapshot();
    this.#replicas.keepOnly(this.#snapshot.replicas);
    const parts: string[] = [];
    for (const { name } of this.#registry.getMetricsAsArray()) {
      parts.push(await this.#registry.getSingleMetricAsString(name));
      await setImmediate();
    }
    return `${parts.join('\n\n')}\n`;
  }

  /** Under the names that all processes of Node have, which dashboards know. */
  #addProcess(): void {
    // Every so many milliseconds a timer measures the lag. With the 10 that it has by itself, an
    // idle proxy does nothing as often.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 50 });
    for (const name of costly) this.#registry.removeSingleMetric(name);
  }
}

/** They walk over every open socket: with 10,000 of them all streams would wait for 20 ms. */
const costly = [
  'process_open_fds',
  ...['handles', 'requests', 'resources'].flatMap((what) => [
    `nodejs_active_${what}`,
    `nodejs_active_${what}_total`,
  ]),
];

const nothingYet: ProxySnapshot = {
  ...{ nowUs: 0, queueLength: 0, openConnections: 0, openStreams: 0, lostLogLines: 0 },
  replicas: [],
};

function proxyReaders(snapshot: () => ProxySnapshot) {
  const gauge = (value: (snapshot: ProxySnapshot) => number) => () => [
    { labels: {}, value: value(snapshot()) },
  ];
  return {
    fairlead_queue_length: gauge(({ queueLength }) => queueLength),
    fairlead_open_connections: gauge(({ openConnections }) => openConnections),
    fairlead_open_streams: gauge(({ openStreams }) => openStreams),
    fairlead_access_log_lost_lines_total: gauge(({ lostLogLines }) => lostLogLines),
  } satisfies Partial<MetricReaders>;
}
