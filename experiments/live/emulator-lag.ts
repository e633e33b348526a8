import { metricsPage } from './metrics-page.ts';

/** Tokens by how late they were written: counts up to each bound, in seconds. */
type LagBuckets = ReadonlyMap<number, number>;

/** Beyond this, what a client measures is not what was simulated. */
export const mostEmulatorLagMs = 5;

export interface FoundLag {
  /** Of the replica that was latest; null where none of them is emulated. */
  readonly p99Ms: number | null;
  /** Replicas that did not say how late they were, at the beginning or the end. */
  readonly silent: number;
}

const bucketLine = /^fairlead_emulator_lag_seconds_bucket\{.*?le="([^"]+)".*?\} (\S+)/gm;

/** What emulated replicas say of their own lag; those that are not emulated say nothing. */
export class EmulatorLag {
  readonly #urls: readonly string[];
  #before: readonly LagBuckets[] = [];

  private constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  /** Counts from now on. */
  static async begin(urls: readonly string[]): Promise<EmulatorLag> {
    const lag = new EmulatorLag(urls);
    lag.#before = await lag.#read();
    return lag;
  }

  async end(): Promise<FoundLag> {
    const after = await this.#read();
    const all = after.flatMap((buckets, index) => quantileMs(buckets, this.#before[index]!) ?? []);
    const silent = after.filter(({ size }, index) => size === 0 || this.#before[index]!.size === 0);
    return { p99Ms: all.length === 0 ? null : Math.max(...all), silent: silent.length };
  }

  #read(): Promise<LagBuckets[]> {
    return Promise.all(this.#urls.map(bucketsAt));
  }
}

async function bucketsAt(url: string): Promise<LagBuckets> {
  // A server without such a page is none of ours; or it is, and has died.
  const page = (await metricsPage(url)) ?? '';
  return new Map(
    [...page.matchAll(bucketLine)].map(([, bound, count]) => [
      bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound),
      Number(count),
    ]),
  );
}

/** Within a bucket as if its tokens were spread evenly. */
function quantileMs(after: LagBuckets, before: LagBuckets): number | undefined {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]);
  const total = counts.at(-1)?.[1] ?? 0;
  if (total === 0) return undefined;
  let below = { bound: 0, count: 0 };
  for (const [bound, count] of counts as [number, number][]) {
    if (count >= 0.99 * total) {
      // Nothing is known beyond the last bound.
      if (bound === Number.POSITIVE_INFINITY) return below.bound * 1_000;
      const share = (0.99 * total - below.count) / Math.max(1, count - below.count);
      return 1_000 * (below.bound + share * (bound - below.bound));
    }
    below = { bound, count };
  }
  return undefined;
}
