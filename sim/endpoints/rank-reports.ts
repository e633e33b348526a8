import { US_PER_MS } from '../../core/time.ts';
import type { Gauges } from '../replica/engine.ts';
import type { RankReport } from './rank-balancer.ts';

/** How often the coordinator of vLLM publishes what has changed (`vllm/v1/engine/coordinator.py`). */
const reportIntervalUs = 100 * US_PER_MS;

export interface RankReportsOptions {
  readonly ranks: readonly { snapshotAt(thenUs: number): Gauges }[];
  readonly usableBlocks: number;
  /** Whether the use of the KV cache is reported, too, and so makes a report when it changes. */
  readonly hasKvUsage: boolean;
  readonly publish: (reports: readonly RankReport[]) => void;
}

/**
 * What the ranks report every 100 ms, if anything has changed. Nobody wakes for that: a report is
 * made up when time is about to go on beyond its moment, because a rank wakes or somebody asks.
 */
export class RankReports {
  readonly #options: RankReportsOptions;
  #nextUs = 0;
  #changes = 0;
  #kvBlocksUsed: readonly number[];

  constructor(options: RankReportsOptions) {
    this.#options = options;
    this.#kvBlocksUsed = options.ranks.map(() => 0);
  }

  /** Publishes the last report from before this moment; called before anything changes at it. */
  catchUp(nowUs: number): void {
    if (nowUs <= this.#nextUs) return;
    const thenUs = (Math.ceil(nowUs / reportIntervalUs) - 1) * reportIntervalUs;
    this.#nextUs = thenUs + reportIntervalUs;
    const gauges = this.#options.ranks.map((rank) => rank.snapshotAt(thenUs));
    if (!this.#hasChanged(gauges)) return;
    const { publish, usableBlocks } = this.#options;
    publish(
      gauges.map(({ kvBlocksUsed, running, waiting }) => {
        return { waiting, running, kvUsage: kvBlocksUsed / usableBlocks };
      }),
    );
  }

  #hasChanged(gauges: readonly Gauges[]): boolean {
    const before = { changes: this.#changes, kvBlocksUsed: this.#kvBlocksUsed };
    this.#changes = gauges.reduce((sum, { changes }) => sum + changes, 0);
    this.#kvBlocksUsed = gauges.map(({ kvBlocksUsed }) => kvBlocksUsed);
    if (this.#changes !== before.changes) return true;
    return (
      this.#options.hasKvUsage &&
      this.#kvBlocksUsed.some((used, rank) => used !== before.kvBlocksUsed[rank])
    );
  }
}
