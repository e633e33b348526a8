import { assert } from '../../core/assert.ts';
import type { GapHistogram } from '../../core/gap-histogram.ts';
import type { MeasuredWindow } from '../../core/measured-window.ts';
import { admitWaiting, refuseWaiting } from './admit-waiting.ts';
import type { EngineConfig } from './engine-config.ts';
import { EngineState } from './engine-state.ts';
import { scheduleRunning } from './schedule-running.ts';
import type { Sequence } from './sequence.ts';
import { StepBuilder } from './step-builder.ts';
import { type StepEnd, StepOutcome } from './step-outcome.ts';
import { StepPlan } from './step-plan.ts';
import { StepRun } from './step-run.ts';
import { TokenOutput } from './token-output.ts';

/** The load as vLLM reports it. */
export interface Gauges {
  readonly running: number;
  readonly waiting: number;
  readonly kvBlocksUsed: number;
}

/**
 * A vLLM V1 engine (`vllm/v1/engine/core.py`), advanced only as far as somebody asks. It acts at
 * the ends of its steps: outputs first, then it schedules until one step is in flight, or two with
 * asynchronous scheduling. Between acts that change anything it takes any number of decode steps at
 * once.
 */
export class Engine {
  readonly state: EngineState;
  busyUs = 0;
  readonly #depth: number;
  readonly #output: TokenOutput;
  readonly #builder: StepBuilder;
  /** Of the last two steps; they may be of one run. */
  readonly #runs = [new StepRun(), new StepRun()] as const;
  /** The plans of the last two steps, by the parity of their number. */
  readonly #plans = [new StepPlan(this.#runs[0]), new StepPlan(this.#runs[0])];
  readonly #outcome: StepOutcome;
  #aborted: Sequence[] = [];
  #arrivals = 0;
  #idle = true;
  /** The rounded end of the running step. */
  #nextEndUs = 0;
  #waiting = 0;
  #preempted = false;
  /** Start of the running step, rounded. */
  #startUs = 0;

  constructor(config: EngineConfig, counters: { gaps: GapHistogram; window: MeasuredWindow }) {
    this.#depth = config.asyncScheduling ? 2 : 1;
    this.#output = new TokenOutput(counters);
    this.state = new EngineState(config, this.#output);
    this.#builder = new StepBuilder(this.state);
    this.#outcome = new StepOutcome(this.state);
  }

  /** Steps that have ended. */
  get steps(): number {
    return this.#output.ended;
  }

  /** Whether it has nothing to do. */
  get isIdle(): boolean {
    return this.#idle;
  }

  add(sequence: Sequence): void {
    const { config, waiting } = this.state;
    const { finish, promptTokens, outputTokens } = sequence;
    sequence.state = 'waiting';
    sequence.arrivalNumber = ++this.#arrivals;
    const room = config.maxModelLen - promptTokens;
    sequence.finalTokens = Math.min(outputTokens, room);
    sequence.knowsEnd = finish === 'length' || outputTokens >= room;
    waiting.add(sequence);
    // Who comes in behind a blocked head is blocked, too, unless the head is passed by.
    if (waiting.front() === sequence || config.maxLoras > 0) this.state.mayAdmit = true;
  }

  /** Acts when the next step is scheduled; the step in flight still pays for the sequence. */
  abort(sequence: Sequence): void {
    if (sequence.state === 'ended') return;
    sequence.isAborted = true;
    this.#output.settle(sequence);
    this.#aborted.push(sequence);
  }

  /** As of its last act: nobody outside sees what came since. */
  get gauges(): Gauges {
    const { kvCache, running } = this.state;
    return { running: running.length, waiting: this.#waiting, kvBlocksUsed: kvCache.used };
  }

  /** The rounded end of the running step. */
  get nextEndUs(): number {
    return this.#nextEndUs;
  }

  /**
   * The end of the next step that brings a first or a last token; when that is not known yet, a
   * step end that is not after it.
   */
  get nextEventUs(): number {
    const { ended } = this.#output;
    const { batch, scheduled } = this.state;
    for (let step = ended + 1; step <= scheduled; step++) {
      if (this.#isVisible(step)) return this.#endUs(step);
    }
    const steps = this.#repeatable(Number.POSITIVE_INFINITY);
    if (steps === 0) return this.#endUs(scheduled);
    const { finishStep } = batch.finishing.first!;
    const finishes = finishStep === scheduled + steps;
    return Math.round(this.#plan(scheduled).run.endUs(finishes ? finishStep : ended + 1 + steps));
  }

  /** Takes all steps that end until `untilUs`, up to the first that brings tokens to anybody. */
  advance(untilUs: number): void {
    while (!this.#idle && this.#nextEndUs <= untilUs) {
      const steps = this.#repeatable(untilUs);
      if (steps > 0) {
        this.#repeat(steps);
      } else {
        if (this.#isVisible(this.#output.ended + 1)) return;
        this.endStep();
        this.fill(this.#output.endUs);
      }
    }
  }

  /** Ends the running step; nothing is scheduled yet. The answer is only lent. */
  endStep(): StepEnd {
    const step = this.#output.ended + 1;
    const plan = this.#plan(step);
    this.#endSteps(plan.run, step);
    return this.#outcome.collect(plan, step);
  }

  /** Schedules as many steps as may be in flight. */
  fill(nowUs: number): void {
    if (this.#aborted.length > 0) this.#dropAborted();
    const { state } = this;
    while (state.scheduled - this.#output.ended < this.#depth) {
      if (this.#schedule(nowUs)) continue;
      // A step from which everybody was preempted takes no time: the engine tries again at once.
      if (state.scheduled > this.#output.ended || !this.#preempted) break;
    }
    this.#waiting = state.waiting.length;
    this.#idle = state.scheduled === this.#output.ended;
    this.#nextEndUs = this.#endUs(this.#output.ended + 1);
    const hasWork = state.running.length > 0 || state.waiting.length > 0;
    assert(!this.#idle || !hasWork, 'invariant 8: an engine with work is idle');
  }

  #schedule(nowUs: number): boolean {
    const { state } = this;
    const builder = this.#builder;
    const step = state.scheduled + 1;
    const plan = this.#plan(step);
    const previous = this.#plan(state.scheduled);
    builder.begin({ plan, previous }, nowUs);
    if (this.#depth > 1) this.#outcome.setAsideEnding();
    this.#preempted = scheduleRunning(state, builder);
    // A step that took blocks away from somebody admits nobody.
    if (this.#preempted) refuseWaiting(state, builder);
    else admitWaiting(state, builder);
    if (state.batch.size + builder.chunks.length === 0) return false;

    this.#planRun(plan, previous, nowUs);
    state.scheduled = step;
    state.batch.advance(1);
    for (const sequence of builder.chunks) this.#placeChunk(sequence, plan);
    return true;
  }

  /** Finds out how long the step takes, and whether it only carries on the run before. */
  #planRun(plan: StepPlan, previous: StepPlan, nowUs: number): void {
    const { batch, config, scheduled } = this.state;
    const { chunks, step } = this.#builder;
    const loads = config.maxLoras > 0 ? this.state.adapters.load(step) : 0;
    plan.isPure = chunks.length === 0 && loads === 0;
    plan.version = batch.version;
    const repeats = plan.isPure && previous.isPure && plan.version === previous.version;
    if (repeats && !this.#idle) {
      plan.run = previous.run;
      return;
    }
    const shape = this.#builder.describe();
    const originUs = this.#idle ? nowUs : previous.run.endUs(scheduled);
    const stepUs = Math.max(1, config.stepTime.stepUs(shape)) + loads * config.loraLoadUs;
    const growthUs = plan.isPure ? config.stepTime.decodeGrowthUs(batch.size) : 0;
    const run = previous.run === this.#runs[0] ? this.#runs[1] : this.#runs[0];
    run.firstStep = step;
    run.originUs = originUs;
    run.stepUs = stepUs;
    run.growthUs = growthUs;
    plan.run = run;
    if (this.#idle) this.#startUs = nowUs;
    this.#idle = false;
  }

  #placeChunk(sequence: Sequence, plan: StepPlan): void {
    if (sequence.computed < sequence.tokens) return;
    plan.completing.push(sequence);
    this.state.leavePartial(sequence);
    const isLast = sequence.generated + 1 === sequence.finalTokens;
    if (!isLast || !sequence.knowsEnd) this.state.joinBatch(sequence);
  }

  #dropAborted(): void {
    for (const sequence of this.#aborted) this.state.drop(sequence);
    this.#aborted = [];
  }

  #isVisible(step: number): boolean {
    const plan = this.#plan(step);
    if (plan.completing.length > 0 || plan.leavers.length > 0) return true;
    if (step === this.#output.ended + 1 && this.#outcome.isExpected) return true;
    return this.state.batch.finishing.first?.finishStep === step;
  }

  /** How many steps like the last one can be taken at once, with ends not after `untilUs`. */
  #repeatable(untilUs: number): number {
    const { batch, kvCache, mayAdmit, partial, scheduled } = this.state;
    const { ended } = this.#output;
    const last = this.#plan(scheduled);
    if (mayAdmit || partial.length > 0 || this.#aborted.length > 0) return 0;
    if (!last.isPure || last.version !== batch.version || this.#outcome.isExpected) return 0;
    if (scheduled - ended < this.#depth || this.#plan(ended + 1).run !== last.run) return 0;
    let steps = batch.finishing.first!.finishStep - scheduled;
    if (untilUs < Number.POSITIVE_INFINITY) {
      steps = Math.min(steps, last.run.lastStepBy(untilUs) - ended);
    }
    return steps > 0 ? batch.stepsWithin(kvCache.free, scheduled + 1, steps) : 0;
  }

  #repeat(steps: number): void {
    const { batch, kvCache, scheduled } = this.state;
    const { run } = this.#plan(scheduled);
    kvCache.growBatch(batch.blocksFor(scheduled + 1, steps));
    batch.advance(steps);
    this.state.scheduled += steps;
    this.#waiting = this.state.waiting.length;
    this.#endSteps(run, this.#output.ended + steps);
    // What was the plan of the last scheduled step is so still.
    if (steps % 2 === 1) this.#plans.reverse();
    this.#nextEndUs = this.#endUs(this.#output.ended + 1);
  }

  #endSteps(run: StepRun, last: number): void {
    this.#output.endSteps(run, last);
    this.busyUs += this.#output.endUs - this.#startUs;
    this.#startUs = this.#output.endUs;
  }

  #endUs(step: number): number {
    return Math.round(this.#plan(step).run.endUs(step));
  }

  #plan(step: number): StepPlan {
    return this.#plans[step % 2]!;
  }
}
