import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LoadSample } from '../../../gateway/reported-load.ts';
import {
  type ReportListener,
  Scraper,
  type ScraperOptions,
} from '../../../proxy/signals/scraper.ts';
import { llamaCpp, sglang } from './engine-pages.ts';
import { nowhere, serveBytes, serveHttp } from './loopback.ts';

interface Report {
  readonly replica: number;
  readonly sample: LoadSample;
  readonly nowUs: number;
}

/** A gateway that only keeps what it is told, and lets one wait for it. */
class Told implements ReportListener {
  readonly askedUs: number[] = [];
  readonly reports: Report[] = [];
  #waiting: { isMet: () => boolean; resolve: () => void }[] = [];

  onAsked(): void {
    this.askedUs.push(nowUs());
    this.#look();
  }

  onReported(replica: number, sample: LoadSample, nowUs: number): void {
    this.reports.push({ replica, sample, nowUs });
    this.#look();
  }

  asked(times: number): Promise<void> {
    return this.#until(() => this.askedUs.length >= times);
  }

  reported(times: number): Promise<void> {
    return this.#until(() => this.reports.length >= times);
  }

  #until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ isMet, resolve });
      this.#look();
    });
  }

  #look(): void {
    this.#waiting = this.#waiting.filter(({ isMet, resolve }) => {
      if (isMet()) resolve();
      return !isMet();
    });
  }
}

function nowUs(): number {
  return Math.round(performance.now() * 1_000);
}

const everyUs = 10_000;

function scraping(url: URL, given: Partial<ScraperOptions> = {}) {
  const told = new Told();
  const scraper = new Scraper({
    replica: 3,
    url,
    path: '/metrics',
    authorization: undefined,
    everyUs,
    jitter: 0.1,
    random: () => 0.5,
    nowUs,
    listener: told,
    ...given,
  });
  onTestFinished(() => scraper.stop());
  scraper.start();
  return { scraper, told };
}

describe('a replica', () => {
  test('is asked again and again over one connection', async () => {
    const heard: unknown[] = [];
    const { connections, url } = await serveHttp(({ headers, method, url }, response) => {
      heard.push([method, url, headers.host, headers.authorization]);
      response.end(sglang);
    });
    const { scraper, told } = scraping(url, { authorization: 'Bearer secret' });
    expect([scraper.ageUs(0), scraper.durationUs, scraper.engine]).toEqual([NaN, NaN, undefined]);
    await told.reported(10);
    expect(connections()).toBe(1);
    expect(new Set(heard.map(String))).toEqual(
      new Set([String(['GET', '/metrics', url.host, 'Bearer secret'])]),
    );
    for (const [i, { nowUs, replica, sample }] of told.reports.entries()) {
      const { sampledAtUs, ...figures } = sample;
      expect(figures).toEqual({ waiting: 7, running: 22, kvUsage: 0.39 });
      expect(replica).toBe(3);
      // The gateway counts what it sends from here on as not in the report.
      expect(sampledAtUs).toBeGreaterThanOrEqual(told.askedUs[i]!);
      expect(sampledAtUs).toBeLessThanOrEqual(nowUs);
    }
    const last = told.reports.at(-1)!;
    expect(scraper.engine).toBe('SGLang');
    expect(scraper.durationUs).toBe(last.nowUs - last.sample.sampledAtUs);
    expect(scraper.ageUs(last.nowUs + 7)).toBe(scraper.durationUs + 7);
    expect(Object.values(scraper.errors)).toEqual([0, 0, 0, 0, 0]);
  });

  test('is asked in its own phase, and never more often than it should be', async () => {
    const { url } = await serveHttp((_, response) => response.end(llamaCpp));
    const phases = [0.1, 0.9];
    const startedUs = nowUs();
    const all = phases.map((phase) => scraping(url, { everyUs: 60_000, random: () => phase }));
    await Promise.all(all.map(({ told }) => told.asked(4)));
    for (const [i, { told }] of all.entries()) {
      // Node's timers are up to a millisecond early.
      for (const [turn, askedUs] of told.askedUs.entries()) {
        const lateUs = turn === 0 ? 0 : phases[i]! * 6_000;
        const dueUs = (turn + phases[i]!) * 60_000 + lateUs;
        expect(askedUs - startedUs).toBeGreaterThan(dueUs - 1_500);
      }
    }
  });

  test('that is slow is not asked before it has answered', async () => {
    let running = 0;
    let most = 0;
    let requests = 0;
    const slowMs = 10 * (everyUs / 1_000);
    const { url } = await serveHttp((_, response) => {
      most = Math.max(most, ++running);
      setTimeout(
        () => {
          running -= 1;
          response.end(llamaCpp);
        },
        ++requests === 1 ? slowMs : 0,
      );
    });
    const startedUs = nowUs();
    const { told } = scraping(url, { jitter: 0 });
    await told.reported(10);
    expect(most).toBe(1);
    // What it missed it does not make up for: it comes back to its turns.
    for (const [i, askedUs] of told.askedUs.slice(1).entries()) {
      expect(askedUs - startedUs).toBeGreaterThan((10 + i) * everyUs + everyUs / 2 - 1_500);
    }
  });

  test('may close the connection after each answer, said or unsaid', async () => {
    for (const says of [true, false]) {
      const { connections, url } = await serveHttp((_, response) => {
        if (says) response.setHeader('connection', 'close');
        const { socket } = response;
        if (!says) response.on('finish', () => socket!.destroySoon());
        response.end(llamaCpp);
      });
      const { scraper, told } = scraping(url);
      await told.reported(5);
      scraper.stop();
      expect(connections()).toBeGreaterThanOrEqual(5);
      expect(Object.values(scraper.errors)).toEqual([0, 0, 0, 0, 0]);
    }
  });

  test('may close an idle connection at the moment in which it is asked again', async () => {
    const { url } = await serveBytes((socket, request) => {
      if (request % 2 === 0) socket.destroy();
      else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${llamaCpp.length}\r\n\r\n${llamaCpp}`);
    });
    const { scraper, told } = scraping(url);
    await told.reported(5);
    expect(Object.values(scraper.errors)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('what comes to nothing', () => {
  test('is counted by its kind, and tells nobody anything', async () => {
    const servers = {
      refused: await nowhere(),
      status: (await serveHttp((_, response) => response.writeHead(503).end(llamaCpp))).url,
      absent: (await serveHttp((_, response) => response.end('<html>'))).url,
      broken: (await serveBytes((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-len'))).url,
    };
    for (const [kind, url] of Object.entries(servers)) {
      const { scraper, told } = scraping(url);
      await told.asked(4);
      scraper.stop();
      const others = { refused: 0, 'time-out': 0, status: 0, absent: 0, broken: 0 };
      expect(scraper.errors, kind).toEqual({ ...others, [kind]: 3 });
      expect(told.reports).toEqual([]);
      expect(scraper.ageUs(nowUs())).toBeNaN();
    }
  });

  test('is counted when nothing comes in time, and the next answer counts again', async () => {
    const { connections, url } = await serveBytes((socket, request) => {
      if (request > 1) {
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${llamaCpp.length}\r\n\r\n${llamaCpp}`);
      } else {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n012');
      }
    });
    const { scraper, told } = scraping(url);
    await told.reported(2);
    expect(scraper.errors['time-out']).toBe(1);
    expect(told.askedUs[1]! - told.askedUs[0]!).toBeGreaterThan(990_000);
    expect(told.askedUs.length).toBe(3);
    // What was late is not waited for: the server has closed the second, and we the first.
    expect(connections()).toBe(3);
  });

  test('is a page without an end', async () => {
    const { url } = await serveHttp((_, response) => {
      const more = () => {
        while (response.write('# '.repeat(100_000)));
      };
      response.on('drain', more);
      more();
    });
    const { scraper, told } = scraping(url);
    await told.asked(2);
    expect(scraper.errors.broken).toBe(1);
  });

  test('leaves the last sample to grow old', async () => {
    let isWell = true;
    const { url } = await serveHttp((_, response) => {
      response.end(isWell ? llamaCpp : 'nothing');
      isWell = false;
    });
    const { scraper, told } = scraping(url);
    await told.asked(4);
    expect(told.reports).toHaveLength(1);
    expect(scraper.errors.absent).toBe(2);
    expect(scraper.ageUs(nowUs())).toBeGreaterThan(2 * everyUs);
  });
});

describe('a scraper', () => {
  test('stops, closes its connection, and starts again', async () => {
    const { connections, open, url } = await serveHttp((_, response) => response.end(llamaCpp));
    const { scraper, told } = scraping(url);
    await told.reported(2);
    const [socket] = open;
    scraper.stop();
    scraper.stop();
    await once(socket!, 'close');
    const asked = told.askedUs.length;
    await new Promise((resolve) => setTimeout(resolve, (3 * everyUs) / 1_000));
    expect(told.askedUs.length).toBe(asked);
    scraper.start();
    scraper.start();
    await told.reported(5);
    expect(connections()).toBe(2);
  });

  test('may be stopped by whom it tells', async () => {
    const { open, url } = await serveHttp((_, response) => response.end(llamaCpp));
    const told = new Told();
    const listener: ReportListener = {
      onAsked: () => told.onAsked(),
      onReported: (...report) => {
        scraper.stop();
        told.onReported(...report);
      },
    };
    const { scraper } = scraping(url, { listener });
    await told.reported(1);
    const [socket] = open;
    if (socket !== undefined) await once(socket, 'close');
    expect(told.askedUs).toHaveLength(1);
  });

  test('that is stopped while it asks hears nothing more', async () => {
    const { url } = await serveBytes((socket) => {
      scraper.stop();
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${llamaCpp.length}\r\n\r\n${llamaCpp}`);
      socket.on('close', () => closed());
    });
    let closed = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { scraper, told } = scraping(url);
    await isClosed;
    expect(told.reports).toEqual([]);
    expect(Object.values(scraper.errors)).toEqual([0, 0, 0, 0, 0]);
  });
});
