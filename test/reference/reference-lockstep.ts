import type { EngineCounters } from '../../sim/replica/engine-counters.ts';
import type { ReplicaOptions } from '../../sim/replica/replica.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import type { Process } from '../../sim/simulation.ts';
import type { StepShape } from '../../sim/step-time/step-time.ts';
import { ReferenceEngine, type ReferenceSnapshot } from './reference-engine.ts';
import type { Schedule } from './reference-scheduler.ts';
import { shapeOf } from './reference-step.ts';

/** Plain engines that begin and end every step together. */
export class ReferenceLockstep implements Process {
  readonly priority = 0;
  slot = -1;
  readonly ranks: readonly ReferenceRank[];
  readonly #options: ReplicaOptions;
  readonly #engines: readonly ReferenceEngine[];
  #number = 0;
  /** The unrounded end of the last step, as long as the engines do not go idle. */
  #lastEndUs: number | undefined = undefined;
  #acting = false;

  constructor(options: readonly ReplicaOptions[]) {
    this.#options = options[0]!;
    this.#engines = options.map((rank) => new ReferenceEngine(rank));
    this.ranks = this.#engines.map(
      (engine) => new ReferenceRank(engine, (nowUs) => this.#begin(nowUs)),
    );
    this.#options.simulation.add(this);
  }

  wake(nowUs: number): void {
    this.#options.beforeWake?.(nowUs);
    this.#acting = true;
    if (this.#stepsInFlight > 0) for (const engine of this.#engines) engine.endStep(nowUs);
    for (const engine of this.#engines) engine.tell(nowUs);
    for (const engine of this.#engines) engine.refuse(nowUs);
    this.#fill(nowUs);
    this.#acting = false;
    const { simulation } = this.#options;
    const next = this.#engines[0]!.pipeline[0];
    if (next === undefined) for (const engine of this.#engines) engine.goIdle();
    if (next !== undefined) simulation.schedule(this, Math.round(next.endUs));
    else if (this.#engines.some(({ hasRefused }) => hasRefused)) simulation.schedule(this, nowUs);
  }

  get #stepsInFlight(): number {
    return this.#engines[0]!.pipeline.length;
  }

  #begin(nowUs: number): void {
    if (this.#stepsInFlight > 0 || this.#acting) return;
    this.#options.simulation.schedule(this, nowUs);
  }

  #fill(nowUs: number): void {
    const depth = this.#options.config.asyncScheduling ? 2 : 1;
    while (this.#stepsInFlight < depth) {
      const schedules = this.#engines.map((engine) => engine.schedule(nowUs));
      if (schedules.some(({ chunks }) => chunks.length > 0)) this.#launch(schedules, nowUs);
      else if (this.#stepsInFlight > 0) return;
      else if (!schedules.some(({ preempted }) => preempted)) {
        this.#lastEndUs = undefined;
        return;
      }
    }
  }

  /** All get a step, be it empty, that takes as long as the slowest. */
  #launch(schedules: readonly Schedule[], nowUs: number): void {
    this.#number += 1;
    const number = this.#number;
    const startUs = this.#lastEndUs ?? nowUs;
    const shapes = padded(schedules.map(({ chunks }) => shapeOf(chunks)));
    let durationUs = 0;
    for (const [rank, engine] of this.#engines.entries()) {
      const stepUs = Math.max(1, this.#options.config.stepTime.stepUs(shapes[rank]!));
      const loadUs = engine.loadUs(schedules[rank]!, number);
      durationUs = Math.max(durationUs, stepUs + loadUs);
    }
    const endUs = startUs + durationUs;
    const run = { originUs: startUs, firstStepUs: durationUs, growthUs: 0, evenSteps: 1 };
    for (const [rank, engine] of this.#engines.entries()) {
      const { chunks } = schedules[rank]!;
      const times = { startUs, endUs, durationUs, run, position: 1, loadUs: 0 };
      engine.pipeline.push({ number, chunks, ...times });
    }
    this.#lastEndUs = endUs;
  }
}

/** To the tokens of the largest: with prompt tokens if there are any, else with decoding ones. */
function padded(shapes: readonly StepShape[]): StepShape[] {
  const tokens = shapes.map(({ decodeSeqs, prefillTokens }) => decodeSeqs + prefillTokens);
  const padding = tokens.map((some) => Math.max(...tokens) - some);
  const isMixed = shapes.some(({ prefillTokens }) => prefillTokens > 0);
  return shapes.map((shape, rank) =>
    isMixed
      ? { ...shape, prefillTokens: shape.prefillTokens + padding[rank]! }
      : { ...shape, decodeSeqs: shape.decodeSeqs + padding[rank]! },
  );
}

class ReferenceRank {
  readonly #engine: ReferenceEngine;
  readonly #onArrival: (nowUs: number) => void;

  constructor(engine: ReferenceEngine, onArrival: (nowUs: number) => void) {
    this.#engine = engine;
    this.#onArrival = onArrival;
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

  snapshot(): ReferenceSnapshot {
    return this.#engine.snapshot;
  }

  snapshotAt(): ReferenceSnapshot {
    return this.#engine.snapshot;
  }

  add(work: Sequence, nowUs: number): void {
    this.#engine.add(work);
    this.#onArrival(nowUs);
  }

  abort(work: Sequence): void {
    this.#engine.abort(work);
  }

  beforeNewPace(): void {}

  checkDrained(): void {
    this.#engine.checkDrained();
  }
}
