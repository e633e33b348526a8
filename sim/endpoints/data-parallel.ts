import type { Gauges } from '../replica/engine.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import type { ReplicaListener } from '../replica/pending-answers.ts';
import type { ReplicaOptions } from '../replica/replica.ts';
import type { Sequence } from '../replica/sequence.ts';
import type { Simulation } from '../simulation.ts';
import { RankBalancer } from './rank-balancer.ts';
import { RankReports } from './rank-reports.ts';
import type { RankScoreName } from './rank-scores.ts';
import type { CreateRanks, Rank, Server } from './server.ts';
import { ServerGroup } from './server-group.ts';

export interface DataParallelOptions extends ReplicaOptions {
  readonly ranks: number;
  readonly apiProcesses: number;
  readonly score: RankScoreName;
}

interface Place {
  readonly balancer: RankBalancer;
  readonly rank: number;
}

/**
 * Engines with a KV cache each behind one address (`--data-parallel-size`). Each API process
 * chooses by itself, from what all ranks report every 100 ms and what it has sent since.
 */
export class DataParallel implements Server {
  readonly #simulation: Simulation;
  readonly #ranks: readonly Rank[];
  readonly #group: ServerGroup;
  readonly #balancers: readonly RankBalancer[];
  readonly #reports: RankReports;
  readonly #places = new Map<Sequence, Place>();

  constructor(options: DataParallelOptions, createRanks: CreateRanks) {
    const { apiProcesses, config, listener, name, ranks, score } = options;
    this.#simulation = options.simulation;
    const answers = this.#answers(listener);
    this.#ranks = createRanks(
      Array.from({ length: ranks }, (_, rank) => ({
        ...options,
        name: `${name}/${rank}`,
        listener: answers,
        beforeWake: (nowUs: number) => this.#reports.catchUp(nowUs),
      })),
    );
    this.#group = new ServerGroup(this.#ranks);
    this.#balancers = Array.from(
      { length: apiProcesses },
      (_, apiProcess) => new RankBalancer({ ranks, score, apiProcess, apiProcesses }),
    );
    this.#reports = new RankReports({
      ranks: this.#ranks,
      usableBlocks: config.usableBlocks,
      hasKvUsage: score === '2026',
      publish: (reports) => {
        for (const balancer of this.#balancers) balancer.onReports(reports);
      },
    });
  }

  get busyUs(): number {
    return this.#group.busyUs;
  }

  get steps(): number {
    return this.#group.steps;
  }

  get counters(): EngineCounters {
    this.#reports.catchUp(this.#simulation.nowUs);
    return this.#group.counters;
  }

  snapshot(): Gauges {
    this.#reports.catchUp(this.#simulation.nowUs);
    return this.#group.snapshot();
  }

  add(sequence: Sequence, nowUs: number, apiProcess = 0): void {
    this.#reports.catchUp(nowUs);
    const balancer = this.#balancers[apiProcess]!;
    const rank = balancer.pick();
    this.#places.set(sequence, { balancer, rank });
    this.#ranks[rank]!.add(sequence, nowUs);
  }

  abort(sequence: Sequence, nowUs: number): void {
    const rank = this.#leave(sequence);
    if (rank === undefined) return;
    this.#reports.catchUp(nowUs);
    this.#ranks[rank]!.abort(sequence, nowUs);
  }

  beforeNewPace(nowUs: number): void {
    this.#reports.catchUp(nowUs);
    this.#group.beforeNewPace(nowUs);
  }

  checkDrained(): void {
    this.#group.checkDrained();
  }

  #answers(listener: ReplicaListener): ReplicaListener {
    return {
      onFirstToken: (sequence, nowUs) => listener.onFirstToken(sequence, nowUs),
      onEnd: (sequence, nowUs) => {
        this.#leave(sequence);
        listener.onEnd(sequence, nowUs);
      },
      onError: (sequence, nowUs) => {
        this.#leave(sequence);
        listener.onError(sequence, nowUs);
      },
    };
  }

  #leave(sequence: Sequence): number | undefined {
    const place = this.#places.get(sequence);
    if (place === undefined) return undefined;
    this.#places.delete(sequence);
    place.balancer.onEnded(place.rank);
    return place.rank;
  }
}
