import type { Random } from '../../core/random.ts';
import type { LoadSample } from '../../gateway/reported-load.ts';
import { MetricsScan } from './metrics-scan.ts';
import { type PageAddress, PageConnection, type PageReader } from './page-connection.ts';

/** The gateway, as far as scrapes concern it. */
export interface ReportListener {
  onAsked(replica: number): void;
  onReported(replica: number, sample: LoadSample, nowUs: number): void;
}

export interface ScraperOptions extends PageAddress {
  readonly replica: number;
  readonly everyUs: number;
  /** Most that a turn is late by chance, as a share of the period. */
  readonly jitter: number;
  readonly random: Random;
  readonly nowUs: () => number;
  readonly listener: ReportListener;
}

/** `absent`: it answered, but with nothing of its load; `broken`: not in full, or not in HTTP. */
export type ScrapeError = 'refused' | 'time-out' | 'status' | 'absent' | 'broken';

const leastTimeoutUs = 1_000_000;

/** Turns wait for the next of so many moments of a period, so that several share one. */
const wakesPerPeriod = 10;

/**
 * Asks one replica for its metrics, again and again, in a phase of its own and one question at a
 * time. An answer that takes longer than a period costs the turns that fell into it.
 */
export class Scraper implements PageReader {
  readonly #options: ScraperOptions;
  readonly #connection: PageConnection;
  readonly #scan = new MetricsScan();
  readonly #errors = { refused: 0, 'time-out': 0, status: 0, absent: 0, broken: 0 };
  #turn: NodeJS.Timeout | undefined = undefined;
  /** One for all scrapes, which put it off: to make one for each would cost as much as to ask. */
  #timeout: NodeJS.Timeout | undefined = undefined;
  #isAsking = false;
  #turnUs = 0;
  #askedUs = 0;
  #sampledAtUs = Number.NaN;
  #durationUs = Number.NaN;

  constructor(options: ScraperOptions) {
    this.#options = options;
    this.#connection = new PageConnection(options, this, options.nowUs);
  }

  /** How many scrapes came to nothing, by what became of them. */
  get errors(): Readonly<Record<ScrapeError, number>> {
    return this.#errors;
  }

  /** The engine that the last page was of; undefined before there was one. */
  get engine(): string | undefined {
    return this.#scan.engine;
  }

  /** How long the last scrape took, whatever came of it; NaN before the first. */
  get durationUs(): number {
    return this.#durationUs;
  }

  /** Age of the last sample; NaN before the first. */
  ageUs(nowUs: number): number {
    return nowUs - this.#sampledAtUs;
  }

  start(): void {
    if (this.#turn !== undefined) return;
    const { everyUs, nowUs, random } = this.#options;
    const startedUs = nowUs();
    this.#turnUs = startedUs + Math.floor(random() * everyUs);
    this.#waitUntil(this.#turnUs, startedUs);
  }

  stop(): void {
    clearTimeout(this.#turn);
    clearTimeout(this.#timeout);
    this.#turn = undefined;
    this.#timeout = undefined;
    this.#isAsking = false;
    this.#connection.abort();
  }

  onPage(status: number, body: Buffer): void {
    const nowUs = this.#answered();
    const figures = status === 200 ? this.#scan.read(body) : undefined;
    if (figures === undefined) {
      this.#errors[status === 200 ? 'absent' : 'status'] += 1;
      return;
    }
    const { listener, replica } = this.#options;
    // It has looked at itself between then and now; the older is the one that promises less.
    this.#sampledAtUs = this.#askedUs;
    listener.onReported(replica, { ...figures, sampledAtUs: this.#askedUs }, nowUs);
  }

  onNoPage(kind: 'refused' | 'broken'): void {
    this.#answered();
    this.#errors[kind] += 1;
  }

  readonly #ask = (): void => {
    const { everyUs, listener, nowUs, replica } = this.#options;
    listener.onAsked(replica);
    this.#askedUs = nowUs();
    this.#isAsking = true;
    const timeoutMs = Math.ceil(Math.max(everyUs, leastTimeoutUs) / 1_000);
    if (this.#timeout === undefined) this.#timeout = setTimeout(this.#giveUp, timeoutMs);
    else this.#timeout.refresh();
    this.#connection.ask();
  };

  readonly #giveUp = (): void => {
    if (!this.#isAsking) return;
    this.#connection.abort();
    this.#answered();
    this.#errors['time-out'] += 1;
  };

  /** Plans the next scrape before anybody is told of this one, and may stop it. */
  #answered(): number {
    const { everyUs, jitter, nowUs, random } = this.#options;
    const answeredUs = nowUs();
    this.#isAsking = false;
    this.#durationUs = answeredUs - this.#askedUs;
    const missed = Math.max(0, Math.ceil((answeredUs - this.#turnUs) / everyUs) - 1);
    this.#turnUs += (1 + missed) * everyUs;
    // Turns are late by chance, and never drift.
    this.#waitUntil(this.#turnUs + Math.floor(random() * jitter * everyUs), answeredUs);
    return answeredUs;
  }

  /** To wake a processor up for each of 64 replicas costs more than to ask them. */
  #waitUntil(us: number, nowUs: number): void {
    const wakeUs = this.#options.everyUs / wakesPerPeriod;
    const atUs = Math.ceil(us / wakeUs) * wakeUs;
    this.#turn = setTimeout(this.#ask, Math.ceil(Math.max(0, atUs - nowUs) / 1_000));
  }
}
