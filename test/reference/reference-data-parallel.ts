import { type EngineCounters, sumCounters } from '../../sim/replica/engine-counters.ts';
import type { ReplicaOptions } from '../../sim/replica/replica.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import type { Process } from '../../sim/simulation.ts';
import type { ReferenceSnapshot } from './reference-engine.ts';
import { ReferenceReplica } from './reference-replica.ts';

export interface ReferenceDataParallelOptions extends ReplicaOptions {
  readonly ranks: number;
  readonly apiProcesses: number;
  readonly score: 'classic' | '2026';
}

const reportIntervalUs = 100_000;

/** Waiting, running and the share of KV blocks in use, as an API process knows them. */
type Counts = [waiting: number, running: number, kvUsage: number];

/** Plain engines behind one address, with somebody who wakes every 100 ms to tell how they are. */
export class ReferenceDataParallel implements Process {
  /** After everything else that happens at the same moment. */
  readonly priority = 9;
  slot = -1;
  readonly #options: ReferenceDataParallelOptions;
  readonly #ranks: readonly ReferenceReplica[];
  readonly #known: Counts[][];
  readonly #starts: number[];
  readonly #inFlight: Map<Sequence, { readonly process: number; readonly rank: number }>;
  #reported: readonly ReferenceSnapshot[];
  #awake = false;

  constructor(options: ReferenceDataParallelOptions) {
    const { apiProcesses, listener, ranks } = options;
    this.#options = options;
    this.#inFlight = new Map();
    const rankListener = {
      ...listener,
      onEnd: (sequence: Sequence, nowUs: number) => {
        this.#inFlight.delete(sequence);
        listener.onEnd(sequence, nowUs);
      },
      onError: (sequence: Sequence, nowUs: number) => {
        this.#inFlight.delete(sequence);
        listener.onError(sequence, nowUs);
      },
    };
    const replicas = Array.from({ length: ranks }, () => {
      return new ReferenceReplica({ ...options, listener: rankListener });
    });
    this.#ranks = replicas;
    this.#reported = replicas.map((rank) => rank.snapshot());
    this.#known = Array.from({ length: apiProcesses }, () => replicas.map(() => [0, 0, 0]));
    this.#starts = this.#known.map((_, process) => Math.floor((ranks * process) / apiProcesses));
    options.simulation.add(this);
  }

  get busyUs(): number {
    return this.#ranks.reduce((sum, { busyUs }) => sum + busyUs, 0);
  }

  get steps(): number {
    return this.#ranks.reduce((sum, { steps }) => sum + steps, 0);
  }

  get counters(): EngineCounters {
    return sumCounters(this.#ranks.map(({ counters }) => counters));
  }

  snapshot(): ReferenceSnapshot {
    return sumOf(this.#ranks.map((rank) => rank.snapshot()));
  }

  add(sequence: Sequence, nowUs: number, process = 0): void {
    const rank = this.#pick(process);
    this.#inFlight.set(sequence, { process, rank });
    this.#ranks[rank]!.add(sequence, nowUs);
    if (!this.#awake) this.#sleep(nowUs - 1);
  }

  abort(sequence: Sequence): void {
    const place = this.#inFlight.get(sequence);
    this.#inFlight.delete(sequence);
    if (place !== undefined) this.#ranks[place.rank]!.abort(sequence);
  }

  beforeNewPace(): void {
    for (const rank of this.#ranks) rank.beforeNewPace();
  }

  checkDrained(): void {
    for (const rank of this.#ranks) rank.checkDrained();
  }

  /** Goes on for as long as there is something to tell. */
  wake(nowUs: number): void {
    const now = this.#ranks.map((rank) => rank.snapshot());
    const hasChanged = now.some(({ changes, kvBlocksUsed }, rank) => {
      const before = this.#reported[rank]!;
      const hasKvChanged = this.#options.score === '2026' && kvBlocksUsed !== before.kvBlocksUsed;
      return changes !== before.changes || hasKvChanged;
    });
    this.#reported = now;
    if (hasChanged) this.#publish();
    this.#awake = hasChanged || this.#ranks.some(({ isIdle }) => !isIdle);
    if (this.#awake) this.#sleep(nowUs);
  }

  #sleep(nowUs: number): void {
    this.#awake = true;
    const tick = Math.floor(nowUs / reportIntervalUs) + 1;
    this.#options.simulation.schedule(this, tick * reportIntervalUs);
  }

  #publish(): void {
    const { usableBlocks } = this.#options.config;
    for (const process of this.#known.keys()) {
      this.#known[process] = this.#reported.map(({ kvBlocksUsed, running, waiting }) => {
        return [waiting, running, kvBlocksUsed / usableBlocks];
      });
    }
  }

  #pick(process: number): number {
    const known = this.#known[process]!;
    const from = this.#starts[process]!;
    const order = known.map((_, i) => (from + i) % known.length);
    const scores = known.map((counts, rank) => this.#score(counts, process, rank));
    const best = order.find((rank) => scores[rank] === Math.min(...scores))!;
    known[best]![0] += this.#known.length;
    if (this.#options.score === '2026') this.#starts[process] = (from + 1) % known.length;
    return best;
  }

  #score([waiting, running, kvUsage]: Counts, process: number, rank: number): number {
    if (this.#options.score === 'classic') return waiting * 4 + running;
    const mine = [...this.#inFlight.values()].filter((place) => {
      return place.process === process && place.rank === rank;
    });
    let score = Math.max(this.#known.length * mine.length, waiting + running);
    if (waiting > 0) score += waiting * 6 * Math.max(0, kvUsage - 0.5);
    return score;
  }
}

function sumOf<T extends object>(parts: readonly T[]): T {
  const sum: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + value;
  }
  return sum as T;
}
