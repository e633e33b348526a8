import type { EngineCounters } from '../../sim/replica/engine-counters.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import type { Process } from '../../sim/simulation.ts';
import {
  ReferenceEngine,
  type ReferenceOptions,
  type ReferenceSnapshot,
} from './reference-engine.ts';
import type { ReferenceScheduler, Schedule } from './reference-scheduler.ts';
import { type ReferenceStep, timedStep } from './reference-step.ts';

export interface ReferenceReplicaOptions extends ReferenceOptions {
  /** Shown every step when it is scheduled. */
  readonly onStep?: (step: ReferenceStep) => void;
}

/** A vLLM engine by itself: slow, and so plain that what it does can be taken for the truth. */
export class ReferenceReplica implements Process {
  readonly priority = 0;
  slot = -1;
  readonly name: string;
  readonly #options: ReferenceReplicaOptions;
  readonly #engine: ReferenceEngine;
  /** The step scheduled last, as long as the engine does not go idle. */
  #lastStep: ReferenceStep | undefined = undefined;
  #scheduledSteps = 0;
  #acting = false;

  constructor(options: ReferenceReplicaOptions) {
    this.name = options.name;
    this.#options = options;
    this.#engine = new ReferenceEngine(options);
    options.simulation.add(this);
  }

  get busyUs(): number {
    return this.#engine.busyUs;
  }

  get steps(): number {
    return this.#engine.steps;
  }

  get counters(): EngineCounters {
    return this.#engine.counters;
  }

  get isIdle(): boolean {
    return this.#engine.pipeline.length === 0;
  }

  get scheduler(): ReferenceScheduler {
    return this.#engine.scheduler;
  }

  snapshot(): ReferenceSnapshot {
    return this.#engine.snapshot;
  }

  /** It wakes for every end of a step, so this is how it has been ever since. */
  snapshotAt(): ReferenceSnapshot {
    return this.#engine.snapshot;
  }

  add(work: Sequence, nowUs: number): void {
    this.#engine.add(work);
    const idle = this.#engine.pipeline.length === 0;
    if (idle && !this.#acting) this.#options.simulation.schedule(this, nowUs);
  }

  abort(work: Sequence): void {
    this.#engine.abort(work);
  }

  /** The next step is a first one of its run, whatever it follows. */
  beforeNewPace(): void {
    const last = this.#lastStep;
    if (last === undefined) return;
    this.#lastStep = { ...last, run: { ...last.run, evenSteps: 0 } };
  }

  wake(nowUs: number): void {
    this.#options.beforeWake?.(nowUs);
    const engine = this.#engine;
    this.#acting = true;
    if (engine.pipeline.length > 0) engine.endStep(nowUs);
    engine.tell(nowUs);
    engine.refuse(nowUs);
    this.#fillPipeline(nowUs);
    this.#acting = false;
    const { simulation } = this.#options;
    const next = engine.pipeline[0];
    if (next !== undefined) {
      simulation.schedule(this, Math.round(next.endUs));
    } else {
      this.#lastStep = undefined;
      engine.goIdle();
      // What was refused while others were told so is told at an act of its own.
      if (engine.hasRefused) simulation.schedule(this, nowUs);
    }
  }

  checkDrained(): void {
    this.#engine.checkDrained();
  }

  #fillPipeline(nowUs: number): void {
    const depth = this.#options.config.asyncScheduling ? 2 : 1;
    const { pipeline } = this.#engine;
    while (pipeline.length < depth) {
      const schedule = this.#engine.schedule(nowUs);
      if (schedule.chunks.length > 0) this.#launch(schedule, nowUs);
      // By priority a sequence can take its own blocks away before anybody was scheduled. An engine
      // with nothing in flight then tries again at once, until somebody runs.
      else if (!schedule.preempted || pipeline.length > 0) return;
    }
  }

  #launch(schedule: Schedule, nowUs: number): void {
    const { stepTime } = this.#options.config;
    this.#scheduledSteps += 1;
    const number = this.#scheduledSteps;
    const loadUs = this.#engine.loadUs(schedule, number);
    const previous = this.#lastStep;
    const { chunks } = schedule;
    const step = timedStep({ number, chunks, loadUs, previous, nowUs, stepTime });
    this.#lastStep = step;
    this.#engine.pipeline.push(step);
    this.#options.onStep?.(step);
  }
}
