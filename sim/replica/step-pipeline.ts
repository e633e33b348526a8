import type { StepShape } from '../step-time/step-time.ts';
import { admitWaiting, refuseWaiting } from './admit-waiting.ts';
import type { EngineState } from './engine-state.ts';
import { scheduleRunning } from './schedule-running.ts';
import type { Sequence } from './sequence.ts';
import { StepBuilder } from './step-builder.ts';
import type { StepOutcome } from './step-outcome.ts';
import { StepPlan } from './step-plan.ts';
import { StepRun } from './step-run.ts';

/**
 * The steps that are scheduled and have not ended. A step is first put together and then launched,
 * because engines that step together must know what each of them holds before its time is known.
 */
export class StepPipeline {
  /** Whether the last prepared step took blocks away from somebody. */
  preempted = false;
  readonly #state: EngineState;
  readonly #outcome: StepOutcome;
  readonly #builder: StepBuilder;
  /** Of the last two steps; they may be of one run. */
  readonly #runs = [new StepRun(), new StepRun()] as const;
  /** The plans of the last two steps, by the parity of their number or by its opposite. */
  readonly #plans = [new StepPlan(this.#runs[0]), new StepPlan(this.#runs[0])];
  #opposite = 0;

  constructor(state: EngineState, outcome: StepOutcome) {
    this.#state = state;
    this.#outcome = outcome;
    this.#builder = new StepBuilder(state);
  }

  /** Of one of the last two steps. */
  plan(step: number): StepPlan {
    return this.#plans[(step + this.#opposite) & 1]!;
  }

  /** The rounded end of one of the last two steps. */
  endUs(step: number): number {
    return Math.round(this.plan(step).run.endUs(step));
  }

  /** So many steps like the last one were taken: its plan is still that of the last. */
  skip(steps: number): void {
    this.#opposite ^= steps & 1;
  }

  /** Puts the next step together; false when it holds nothing. */
  prepare(nowUs: number): boolean {
    const state = this.#state;
    const builder = this.#builder;
    const plan = this.plan(state.scheduled + 1);
    const previous = this.plan(state.scheduled);
    builder.begin({ plan, previous }, nowUs);
    if (state.config.asyncScheduling) this.#outcome.setAsideEnding();
    this.preempted = scheduleRunning(state, builder);
    // A step that took blocks away from somebody admits nobody.
    if (this.preempted) refuseWaiting(state, builder);
    else admitWaiting(state, builder);
    return state.batch.size + builder.chunks.length > 0;
  }

  /** What the prepared step holds; the answer is only lent. */
  describe(): StepShape {
    return this.#builder.describe();
  }

  /** How long the prepared step has to wait for adapters. */
  loadAdaptersUs(): number {
    const { adapters, config } = this.#state;
    return config.maxLoras > 0 ? adapters.load(this.#builder.step) * config.loraLoadUs : 0;
  }

  /** Schedules the prepared step, which may carry on the run before unless the engine was idle. */
  launch(isIdle: boolean): void {
    const { batch, config, scheduled } = this.#state;
    const { chunks, nowUs, plan, previous } = this.#builder;
    const loadUs = this.loadAdaptersUs();
    // An adapter is loaded by the chunk that needs it first, so that a pure step never waits.
    plan.isPure = chunks.length === 0;
    plan.version = batch.version;
    const repeats = plan.isPure && previous.isPure && plan.version === previous.version;
    if (repeats && !isIdle && scheduled < previous.run.lastStep) {
      plan.run = previous.run;
    } else {
      const originUs = isIdle ? nowUs : previous.run.endUs(scheduled);
      const shape = this.describe();
      this.#beginRun(originUs, Math.max(1, config.stepTime.stepUs(shape)) + loadUs);
      if (plan.isPure) this.#letGrow(shape);
    }
    this.#place();
  }

  #letGrow({ decodeSeqs, decodeContext }: StepShape): void {
    const { stepTime } = this.#state.config;
    const { run } = this.#builder.plan;
    run.growthUs = stepTime.decodeGrowthUs(decodeSeqs, decodeContext);
    const steps = stepTime.evenSteps?.(decodeSeqs, decodeContext) ?? Number.POSITIVE_INFINITY;
    run.lastStep = run.firstStep + steps - 1;
  }

  /** Schedules the prepared step, be it empty, at a time that others have found. */
  launchAt(originUs: number, stepUs: number): void {
    this.#builder.plan.isPure = false;
    this.#beginRun(originUs, stepUs);
    this.#place();
  }

  #beginRun(originUs: number, stepUs: number): void {
    const { plan, previous, step } = this.#builder;
    const run = previous.run === this.#runs[0] ? this.#runs[1] : this.#runs[0];
    run.firstStep = step;
    run.originUs = originUs;
    run.stepUs = stepUs;
    run.growthUs = 0;
    run.lastStep = Number.POSITIVE_INFINITY;
    plan.run = run;
  }

  #place(): void {
    const { chunks, plan, step } = this.#builder;
    this.#state.scheduled = step;
    this.#state.batch.advance(1);
    for (const sequence of chunks) this.#placeChunk(sequence, plan);
  }

  #placeChunk(sequence: Sequence, plan: StepPlan): void {
    if (sequence.computed < sequence.tokens) return;
    plan.completing.push(sequence);
    this.#state.leavePartial(sequence);
    const isLast = sequence.generated + 1 === sequence.finalTokens;
    if (!isLast || !sequence.knowsEnd) this.#state.joinBatch(sequence);
  }
}
