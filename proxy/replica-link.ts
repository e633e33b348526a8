import type { Random } from '../core/random.ts';
import type { ProbeListener } from '../gateway/backend.ts';
import { HealthProbe } from './signals/health-probe.ts';
import { type ReportListener, Scraper } from './signals/scraper.ts';
import type { CreateTransport, Transport } from './upstream/transport.ts';

export interface ReplicaLinkOptions {
  readonly index: number;
  readonly url: URL;
  readonly createTransport: CreateTransport;
  /** All of the header; undefined for none. */
  readonly authorization: string | undefined;
  readonly healthPath: string;
  readonly probeTimeoutUs: number;
  /** Undefined where nobody wants to know. */
  readonly scraping: Scraping | undefined;
  readonly nowUs: () => number;
}

export interface Scraping {
  readonly everyUs: number;
  readonly jitter: number;
  readonly random: Random;
  readonly listener: ReportListener;
}

/** All that goes between the proxy and one replica: requests, probes of its health, its metrics. */
export class ReplicaLink {
  readonly transport: Transport;
  readonly scraper: Scraper | undefined;
  readonly #probe: HealthProbe;

  constructor(options: ReplicaLinkOptions) {
    const { authorization, createTransport, index, nowUs, scraping, url } = options;
    this.transport = createTransport(url);
    this.#probe = new HealthProbe({
      replica: index,
      url,
      path: options.healthPath,
      createTransport,
      authorization,
      timeoutUs: options.probeTimeoutUs,
      nowUs,
    });
    if (scraping === undefined) return;
    this.scraper = new Scraper({
      ...scraping,
      replica: index,
      url,
      path: '/metrics',
      authorization,
      nowUs,
    });
  }

  probe(listener: ProbeListener): void {
    this.#probe.probe(listener);
  }

  close(): void {
    this.scraper?.stop();
    this.#probe.close();
    this.transport.close();
  }
}
