import { assert } from '../core/assert.ts';
import { GapHistogram } from '../core/gap-histogram.ts';
import type { FleetGroup } from '../scenarios/scenario.ts';
import type { Model } from '../sim/catalog/model.ts';
import { createServer } from '../sim/endpoints/create-endpoint.ts';
import { createLockstep } from '../sim/endpoints/lockstep.ts';
import type { Rank, Server } from '../sim/endpoints/server.ts';
import { PacedStepTime } from '../sim/faults/paced-step-time.ts';
import type { EngineConfig } from '../sim/replica/engine-config.ts';
import type { BlockListener } from '../sim/replica/kv-cache.ts';
import { Replica, type ReplicaOptions } from '../sim/replica/replica.ts';
import type { Sequence } from '../sim/replica/sequence.ts';
import { type Process, Simulation } from '../sim/simulation.ts';
import type { PlayedRequest } from './played-request.ts';
import { TokenFeed, type TokenWatcher } from './token-feed.ts';
import { WatchedRank } from './watched-rank.ts';

export interface PlayedEngineOptions {
  readonly name: string;
  readonly group: FleetGroup;
  readonly config: EngineConfig;
  readonly model: Model;
  /** Told of the tokens of each engine behind the address, by its number. */
  readonly watcherOf: (rank: number) => TokenWatcher;
  readonly blocks?: BlockListener | undefined;
}

/**
 * A simulated server whose clock is moved by somebody else: front end, balancer and engines are
 * those of the simulator, in a simulation of their own. Whatever the moments at which it is looked
 * at, its tokens come at the times at which they would come in the simulator.
 */
export class PlayedEngine implements Process {
  /** After engines and front ends, as clients are in the simulator. */
  readonly priority = 2;
  slot = -1;
  readonly ranks: WatchedRank[] = [];
  readonly #simulation = new Simulation();
  readonly #server: Server;
  readonly #pace: PacedStepTime;
  readonly #requests = new Map<Sequence, PlayedRequest>();
  readonly #rankOf = new Map<Sequence, WatchedRank>();
  readonly #watcherOf: PlayedEngineOptions['watcherOf'];
  #acts: (() => void)[] = [];
  #plannedUs = 0;

  constructor({ blocks, config, group, model, name, watcherOf }: PlayedEngineOptions) {
    this.#watcherOf = watcherOf;
    this.#pace = new PacedStepTime(config.stepTime);
    const simulation = this.#simulation;
    this.#server = createServer(group, model, {
      name,
      config: { ...config, stepTime: this.#pace },
      simulation,
      listener: {
        onFirstToken: (sequence) => this.#onFirstToken(sequence),
        onEnd: (sequence, nowUs) => this.#onEnd(sequence, nowUs),
        onError: (sequence, nowUs) => this.#onEnd(sequence, nowUs),
      },
      gaps: new GapHistogram(),
      window: { fromUs: Number.POSITIVE_INFINITY, untilUs: Number.POSITIVE_INFINITY },
      blocks,
      createReplica: (options) => this.#watched([options], (all) => [new Replica(all[0]!)])[0]!,
      createLockstep: (options) => this.#watched(options, createLockstep),
    });
    simulation.add(this);
  }

  /** Requests that have come and neither ended nor left. */
  get inFlight(): number {
    return this.#requests.size;
  }

  /** Until when all has happened. */
  get playedUs(): number {
    return this.#simulation.nowUs;
  }

  /** It is taken in with all others of the same instant, when that is over. */
  add(request: PlayedRequest, nowUs: number): void {
    this.#plan(nowUs, () => {
      this.#requests.set(request.sequence, request);
      this.#server.add(request.sequence, nowUs);
    });
  }

  /** Nothing more is told of it; what it holds is free from the next step on. */
  abort(request: PlayedRequest, nowUs: number): void {
    this.#plan(nowUs, () => {
      this.#catchUp();
      if (!this.#requests.has(request.sequence)) return;
      this.#leave(request, nowUs);
      this.#server.abort(request.sequence, nowUs);
    });
  }

  /** From the next step on, steps take `factor` times as long. */
  changePace(factor: number, nowUs: number): void {
    this.#plan(nowUs, () => {
      this.#server.beforeNewPace(nowUs);
      this.#pace.factor = factor;
    });
  }

  /** All that happens until now happens, and everybody hears of it. */
  advance(nowUs: number): void {
    this.#plan(nowUs, undefined);
    this.#simulation.runTo(nowUs);
    for (const { feed } of this.ranks) feed.tell();
  }

  /** When it has something to tell next; infinity when nothing is left to happen. */
  get nextUs(): number {
    let nextUs = this.#simulation.nextUs;
    for (const rank of this.ranks) nextUs = Math.min(nextUs, rank.nextUs);
    return nextUs;
  }

  wake(): void {
    const acts = this.#acts;
    this.#acts = [];
    for (const act of acts) act();
    this.#catchUp();
  }

  /** Throws unless nothing is in it and nothing held. */
  checkDrained(): void {
    assert(this.#requests.size === 0, 'invariant 1: somebody still waits for an answer');
    this.#server.checkDrained();
  }

  /** There is one wake for all that is to be done at an instant. */
  #plan(nowUs: number, act: (() => void) | undefined): void {
    if (this.#acts.length > 0 && this.#plannedUs < nowUs) this.#simulation.runTo(this.#plannedUs);
    if (act !== undefined) this.#acts.push(act);
    this.#plannedUs = nowUs;
    this.#simulation.schedule(this, nowUs);
  }

  /** To look at an engine takes the steps that nobody has waited for. */
  #catchUp(): void {
    this.#server.snapshot();
    for (const { feed } of this.ranks) feed.tell();
  }

  #watched(
    options: readonly ReplicaOptions[],
    create: (all: readonly ReplicaOptions[]) => readonly Rank[],
  ): WatchedRank[] {
    const feeds = options.map((_, index) => {
      const rank = this.ranks.length + index;
      return new TokenFeed(this.#watcherOf(rank));
    });
    const ranks = create(options.map((one, index) => ({ ...one, steps: feeds[index]! })));
    const watched = ranks.map(
      (rank, index) =>
        new WatchedRank(rank, feeds[index]!, (sequence, queuedIn, nowUs) => {
          this.#rankOf.set(sequence, queuedIn);
          this.#requests.get(sequence)!.queuedUs = nowUs;
        }),
    );
    this.ranks.push(...watched);
    return watched;
  }

  #onFirstToken(sequence: Sequence): void {
    const request = this.#requests.get(sequence);
    if (request !== undefined) this.#rankOf.get(sequence)!.feed.begin(request);
  }

  #onEnd(sequence: Sequence, nowUs: number): void {
    const request = this.#requests.get(sequence);
    if (request === undefined) return;
    this.#rankOf.get(sequence)?.feed.tellOf(request);
    this.#leave(request, nowUs);
    request.listener.onEnd(nowUs);
  }

  #leave(request: PlayedRequest, nowUs: number): void {
    const { sequence } = request;
    this.#rankOf.get(sequence)?.feed.end(request, nowUs);
    this.#rankOf.delete(sequence);
    this.#requests.delete(sequence);
  }
}
