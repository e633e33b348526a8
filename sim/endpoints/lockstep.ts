import type { Gauges } from '../replica/engine.ts';
import { Engine } from '../replica/engine.ts';
import type { EngineConfig } from '../replica/engine-config.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import { PendingAnswers } from '../replica/pending-answers.ts';
import type { ReplicaOptions } from '../replica/replica.ts';
import type { Sequence } from '../replica/sequence.ts';
import type { Process, Simulation } from '../simulation.ts';
import { padShapes } from './padded-shapes.ts';
import type { Rank } from './server.ts';

/** Engines of a model with experts, which step together. */
export function createLockstep(options: readonly ReplicaOptions[]): readonly Rank[] {
  return new Lockstep(options).ranks;
}

/**
 * The data-parallel ranks of a mixture of experts: every layer exchanges tokens between all of
 * them, so they begin and end each step together. It takes as long as that of the slowest, padded
 * to as many tokens as the largest; who has nothing to do runs a dummy step along
 * (`vllm/v1/engine/core.py`, `DPEngineCoreProc`).
 */
class Lockstep implements Process {
  readonly priority = 0;
  slot = -1;
  readonly ranks: readonly LockstepRank[];
  readonly #config: EngineConfig;
  readonly #simulation: Simulation;
  readonly #beforeWake: ReplicaOptions['beforeWake'];
  /** The unrounded end of the step launched last. */
  #lastEndUs = 0;
  #isIdle = true;
  #waking = false;

  constructor(options: readonly ReplicaOptions[]) {
    const { beforeWake, config, simulation } = options[0]!;
    this.#config = config;
    this.#simulation = simulation;
    this.#beforeWake = beforeWake;
    this.ranks = options.map((rank) => new LockstepRank(rank, (nowUs) => this.#onNews(nowUs)));
    simulation.add(this);
  }

  wake(nowUs: number): void {
    this.#beforeWake?.(nowUs);
    this.#waking = true;
    if (!this.#isIdle) this.#endStep(nowUs);
    for (const { answers } of this.ranks) answers.refuse(nowUs);
    this.#fill(nowUs);
    this.#waking = false;
    const [{ engine }] = this.ranks as [LockstepRank];
    this.#isIdle = engine.isIdle;
    if (!engine.isIdle) this.#simulation.schedule(this, engine.nextEndUs);
    else if (this.ranks.some(({ answers }) => answers.hasRefused)) this.#onNews(nowUs);
  }

  /** Whoever wakes while nothing runs starts at once; else the next end of a step sees it. */
  #onNews(nowUs: number): void {
    if (this.#isIdle && !this.#waking) this.#simulation.schedule(this, nowUs);
  }

  /** All of them end it before anybody is told. */
  #endStep(nowUs: number): void {
    const ends = this.ranks.map(({ engine }) => engine.endStep());
    for (const [index, { answers }] of this.ranks.entries()) answers.tell(ends[index]!, nowUs);
  }

  #fill(nowUs: number): void {
    const engines = this.ranks.map(({ engine }) => engine);
    const depth = this.#config.asyncScheduling ? 2 : 1;
    for (const engine of engines) engine.beginFill(nowUs);
    while (engines[0]!.inFlight < depth) {
      const hold = engines.map(({ pipeline }) => pipeline.prepare(nowUs));
      if (hold.includes(true)) this.#launch(nowUs);
      else if (engines[0]!.inFlight > 0) break;
      else if (!engines.some(({ pipeline }) => pipeline.preempted)) break;
    }
    for (const engine of engines) engine.settle();
  }

  #launch(nowUs: number): void {
    const pipelines = this.ranks.map(({ engine }) => engine.pipeline);
    const originUs = this.#isIdle ? nowUs : this.#lastEndUs;
    const loadsUs = pipelines.map((pipeline) => pipeline.loadAdaptersUs());
    const shapes = padShapes(pipelines.map((pipeline) => pipeline.describe()));
    const timesUs = shapes.map(
      (shape, rank) => Math.max(1, this.#config.stepTime.stepUs(shape)) + loadsUs[rank]!,
    );
    const stepUs = Math.max(...timesUs);
    for (const pipeline of pipelines) pipeline.launchAt(originUs, stepUs);
    this.#lastEndUs = originUs + stepUs;
    this.#isIdle = false;
  }
}

/** One of the engines. */
class LockstepRank implements Rank {
  readonly engine: Engine;
  readonly answers: PendingAnswers;
  readonly #onNews: (nowUs: number) => void;
  readonly #name: string;

  constructor(options: ReplicaOptions, onNews: (nowUs: number) => void) {
    const { config, listener, name } = options;
    this.engine = new Engine(config, options);
    this.answers = new PendingAnswers(listener, this.engine.state);
    this.#onNews = onNews;
    this.#name = name;
  }

  get busyUs(): number {
    return this.engine.busyUs;
  }

  get steps(): number {
    return this.engine.steps;
  }

  get counters(): EngineCounters {
    return this.engine.state.counters;
  }

  snapshot(): Gauges {
    return this.engine.gauges;
  }

  /** It acts at every end of a step, and so has not changed since. */
  snapshotAt(): Gauges {
    return this.engine.gauges;
  }

  add(sequence: Sequence, nowUs: number): void {
    if (this.answers.admit(sequence)) this.engine.add(sequence);
    this.#onNews(nowUs);
  }

  abort(sequence: Sequence): void {
    if (this.answers.cancel(sequence)) this.engine.abort(sequence);
  }

  /** Steps are launched one by one here, each at the pace of its launch. */
  beforeNewPace(): void {}

  checkDrained(): void {
    this.answers.checkDrained(this.#name);
    this.engine.checkDrained();
  }
}
