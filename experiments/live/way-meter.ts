import { sum } from 'simple-statistics';
import { US_PER_S } from '../../core/time.ts';
import type { LiveRun } from '../../loadgen/live-run.ts';
import { metricsPage } from './metrics-page.ts';

/** First tokens that replicas have told of, and how long they took together. */
interface FirstTokens {
  readonly count: number;
  readonly sumUs: number;
}

/** From fewer requests a mean says little. */
const fewestRequests = 50;
/** What a load generator asks before a run, to see whether the server answers. */
const requestsBefore = 1;

/**
 * How long requests and answers are on their way between clients and replicas, there and back: what
 * the clients waited for the first token, less what the proxy says it kept the request for, and
 * less what the replicas say it took them. It is measured while a run warms up, at the load that
 * counts later, and the simulation of the run is told of it: no engine knows how its tokens travel.
 */
export class WayMeter {
  readonly #urls: readonly string[];
  readonly #before: FirstTokens | undefined;
  #begun: FirstTokens | undefined = undefined;
  #ended: FirstTokens | undefined = undefined;
  #hasBegun = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(
    urls: readonly string[],
    { before, warmupMs }: { before: FirstTokens | undefined; warmupMs: number },
  ) {
    this.#urls = urls;
    this.#before = before;
    this.#timer = setTimeout(async () => {
      this.#ended = await firstTokensOf(urls);
    }, warmupMs);
    this.#timer.unref();
  }

  /** Before the run. */
  static async begin(urls: readonly string[], warmupMs: number): Promise<WayMeter> {
    return new WayMeter(urls, { before: await firstTokensOf(urls), warmupMs });
  }

  /** The run has begun. */
  async onBegun(): Promise<void> {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#begun = await firstTokensOf(this.#urls);
  }

  /** After the run; null where the warm-up was too short, or not all of the run went well. */
  end(run: Pick<LiveRun, 'log'>): number | null {
    clearTimeout(this.#timer);
    const [before, begun, ended] = [this.#before, this.#begun, this.#ended];
    if (before === undefined || begun === undefined || ended === undefined) return null;
    const ranks = [begun, ended].map(({ count }) => count - before.count - requestsBefore);
    const waits = waitsByRank(run)?.slice(ranks[0], ranks[1]);
    const count = ended.count - begun.count;
    if (waits === undefined || waits.length !== count || count < fewestRequests) return null;
    return Math.max(0, (sum([...waits]) - (ended.sumUs - begun.sumUs)) / count);
  }
}

/** Of those whose first token has come, in the order in which it did. */
function waitsByRank({ log }: Pick<LiveRun, 'log'>): readonly number[] | undefined {
  const [dispatched, firsts, intended, sent] = (
    ['dispatchedUs', 'firstTokenUs', 'intendedUs', 'sentUs'] as const
  ).map((name) => log.numbers(name)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const rows: number[] = [];
  for (let row = 0; row < log.length; row++) {
    // Who has failed may have been counted by a replica, or by several, or by none.
    if (log.text('outcome', row) !== 'ok') return undefined;
    rows.push(row);
  }
  rows.sort((a, b) => firsts[a]! - firsts[b]!);
  return rows.map((row) => {
    const keptUs = Number.isNaN(dispatched[row]!) ? 0 : dispatched[row]! - sent[row]!;
    return firsts[row]! - intended[row]! - keptUs;
  });
}

const line = /^vllm:time_to_first_token_seconds_(sum|count)(?:\{.*?\})? (\S+)/gm;

/** Undefined where one of them does not say. */
async function firstTokensOf(urls: readonly string[]): Promise<FirstTokens | undefined> {
  const pages = await Promise.all(urls.map(metricsPage));
  const found = pages.map((page) => [...(page ?? '').matchAll(line)]);
  if (found.some((lines) => lines.length === 0)) return undefined;
  const total = (of: string) =>
    sum(found.flat().flatMap(([, name, value]) => (name === of ? Number(value) : [])));
  return { count: total('count'), sumUs: total('sum') * US_PER_S };
}
