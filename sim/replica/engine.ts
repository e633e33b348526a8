import { assert } from '../../core/assert.ts';
import type { GapHistogram } from '../../core/gap-histogram.ts';
import type { MeasuredWindow } from '../../core/measured-window.ts';
import type { EngineConfig } from './engine-config.ts';
import { countSteps } from './engine-counters.ts';
import { EngineState } from './engine-state.ts';
import type { BlockListener } from './kv-cache.ts';
import type { Sequence } from './sequence.ts';
import { type StepEnd, StepOutcome } from './step-outcome.ts';
import { StepPipeline } from './step-pipeline.ts';
import type { StepRun } from './step-run.ts';
import { TokenOutput } from './token-output.ts';

/** The load as vLLM reports it with the outputs of a step. */
export interface Gauges {
  readonly running: number;
  readonly waiting: number;
  readonly kvBlocksUsed: number;
  /** How often running or waiting were others than at the end of the step before. */
  readonly changes: number;
}

/** Told of steps right before their outcome is: of several at once where they are all alike. */
export interface StepListener {
  onSteps(run: StepRun, first: number, last: number): void;
}

export interface EngineWatchers {
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly blocks?: BlockListener | undefined;
  readonly steps?: StepListener | undefined;
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
  readonly pipeline: StepPipeline;
  readonly #outcome: StepOutcome;
  readonly #listener: StepListener | undefined;
  #aborted: Sequence[] = [];
  #arrivals = 0;
  #idle = true;
  /** The rounded end of the running step. */
  #nextEndUs = 0;
  /** What the last step reported, and how often running or waiting have changed. */
  #waiting = 0;
  #running = 0;
  #kvBlocksUsed = 0;
  #changes = 0;
  /** Who has come since the last schedule: vLLM has them in a queue that it does not count. */
  #newcomers = 0;
  /** Start of the running step, rounded. */
  #startUs = 0;

  constructor(config: EngineConfig, watchers: EngineWatchers) {
    this.#depth = config.asyncScheduling ? 2 : 1;
    this.#output = new TokenOutput(watchers);
    this.#listener = watchers.steps;
    this.state = new EngineState(config, this.#output, watchers.blocks);
    this.#outcome = new StepOutcome(this.state);
    this.pipeline = new StepPipeline(this.state, this.#outcome);
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
    this.#newcomers += 1;
    // Who comes in behind a blocked head is blocked, too, unless it is only its adapter that waits.
    const head = waiting.front();
    if (head === sequence || head.adapter > 0) this.state.mayAdmit = true;
  }

  /** Acts when the next step is scheduled; the step in flight still pays for the sequence. */
  abort(sequence: Sequence): void {
    if (sequence.state === 'ended') return;
    sequence.isAborted = true;
    this.state.counters.finished.abort += 1;
    this.#output.settle(sequence);
    this.#aborted.push(sequence);
  }

  /** As of the end of its last step: nobody outside sees what was scheduled or came since. */
  get gauges(): Gauges {
    return {
      running: this.#running,
      waiting: this.#waiting,
      kvBlocksUsed: this.#kvBlocksUsed,
      changes: this.#changes,
    };
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
      if (this.#isVisible(step)) return this.pipeline.endUs(step);
    }
    const steps = this.#repeatable(Number.POSITIVE_INFINITY);
    if (steps === 0) return this.pipeline.endUs(scheduled);
    const { finishStep } = batch.finishing.first!;
    const finishes = finishStep === scheduled + steps;
    return Math.round(
      this.pipeline.plan(scheduled).run.endUs(finishes ? finishStep : ended + 1 + steps),
    );
  }

  /** Takes all steps that end until `untilUs`, up to the first that brings tokens to anybody. */
  advance(untilUs: number): void {
    while (!this.#idle && this.#nextEndUs <= untilUs) {
      const steps = this.#repeatable(untilUs);
      if (steps > 0) {
        this.#repeat(steps);
      } else {
        if (this.#isVisible(this.#output.ended + 1)) return;
        this.#endQuietStep();
        this.fill(this.#output.endUs);
      }
    }
  }

  /** Ends the running step; nothing is scheduled yet. The answer is only lent. */
  endStep(): StepEnd {
    const step = this.#output.ended + 1;
    const plan = this.pipeline.plan(step);
    this.#endSteps(plan.run, step);
    const end = this.#outcome.collect(plan, step);
    this.#report(this.state.kvCache.used);
    countSteps(this.state.counters, this.#output.stepTokens, 1);
    return end;
  }

  /** Ends the running step, which brings nobody a first or a last token. */
  #endQuietStep(): void {
    const step = this.#output.ended + 1;
    this.#endSteps(this.pipeline.plan(step).run, step);
    this.#report(this.state.kvCache.used);
    countSteps(this.state.counters, this.#output.stepTokens, 1);
  }

  /** Schedules as many steps as may be in flight. */
  fill(nowUs: number): void {
    this.beginFill(nowUs);
    while (this.inFlight < this.#depth) {
      if (this.pipeline.prepare(nowUs)) {
        this.pipeline.launch(this.#idle);
        this.#idle = false;
      } else if (this.inFlight > 0 || !this.pipeline.preempted) {
        break;
      }
      // A step from which everybody was preempted takes no time: the engine tries again at once.
    }
    this.settle();
  }

  /** No step after those in flight repeats the last of them: the next gets a time of its own. */
  endRun(): void {
    const { scheduled } = this.state;
    this.pipeline.plan(scheduled).run.lastStep = scheduled;
  }

  /** Steps that are scheduled and have not ended. */
  get inFlight(): number {
    return this.state.scheduled - this.#output.ended;
  }

  beginFill(nowUs: number): void {
    if (this.#idle) this.#startUs = nowUs;
    if (this.#aborted.length === 0) return;
    for (const sequence of this.#aborted) this.state.drop(sequence);
    this.#aborted = [];
  }

  /** After all that could be scheduled was. */
  settle(): void {
    const { running, waiting } = this.state;
    this.#newcomers = 0;
    this.#idle = this.inFlight === 0;
    // Those who were aborted make vLLM take an empty step before it sleeps, which reports, too.
    if (this.#idle) this.#report(this.state.kvCache.used);
    this.#nextEndUs = this.pipeline.endUs(this.#output.ended + 1);
    const hasWork = running.length > 0 || waiting.length > 0;
    assert(!this.#idle || !hasWork, 'invariant 8: an engine with work is idle');
  }

  /** Throws unless all KV blocks are free. */
  checkDrained(): void {
    const { used } = this.state.kvCache;
    assert(used === 0, 'invariant 7: a drained engine still holds KV blocks');
  }

  /** vLLM makes up its figures in `update_from_output`, before it schedules anything else. */
  #report(kvBlocksUsed: number): void {
    const running = this.state.running.length;
    const waiting = this.state.waiting.length - this.#newcomers;
    if (running !== this.#running || waiting !== this.#waiting) this.#changes += 1;
    this.#running = running;
    this.#waiting = waiting;
    this.#kvBlocksUsed = kvBlocksUsed;
  }

  #isVisible(step: number): boolean {
    const plan = this.pipeline.plan(step);
    if (plan.completing.length > 0 || plan.leavers.length > 0) return true;
    if (step === this.#output.ended + 1 && this.#outcome.isExpected) return true;
    return this.state.batch.finishing.first?.finishStep === step;
  }

  /** How many steps like the last one can be taken at once, with ends not after `untilUs`. */
  #repeatable(untilUs: number): number {
    const { batch, kvCache, mayAdmit, partial, scheduled } = this.state;
    const { ended } = this.#output;
    const last = this.pipeline.plan(scheduled);
    if (mayAdmit || partial.length > 0 || this.#aborted.length > 0) return 0;
    if (!last.isPure || last.version !== batch.version || this.#outcome.isExpected) return 0;
    if (scheduled - ended < this.#depth || this.pipeline.plan(ended + 1).run !== last.run) return 0;
    let steps = Math.min(batch.finishing.first!.finishStep, last.run.lastStep) - scheduled;
    if (untilUs < Number.POSITIVE_INFINITY) {
      steps = Math.min(steps, last.run.lastStepBy(untilUs) - ended);
    }
    return steps > 0 ? batch.stepsWithin(kvCache.free, scheduled + 1, steps) : 0;
  }

  #repeat(steps: number): void {
    const { batch, kvCache, scheduled } = this.state;
    const { run } = this.pipeline.plan(scheduled);
    kvCache.growBatch(batch.blocksFor(scheduled + 1, steps));
    batch.advance(steps);
    this.state.scheduled += steps;
    // Those who came last are counted from the second of the steps on, and the blocks of the step
    // scheduled last by none of them.
    const kvBlocksUsed = kvCache.used - batch.blocksFor(scheduled + steps, 1);
    this.#report(kvBlocksUsed);
    this.#newcomers = 0;
    if (steps > 1) this.#report(kvBlocksUsed);
    this.#endSteps(run, this.#output.ended + steps);
    countSteps(this.state.counters, this.#output.stepTokens, steps);
    this.pipeline.skip(steps);
    this.#nextEndUs = this.pipeline.endUs(this.#output.ended + 1);
  }

  #endSteps(run: StepRun, last: number): void {
    this.#listener?.onSteps(run, this.#output.ended + 1, last);
    this.#output.endSteps(run, last);
    this.busyUs += this.#output.endUs - this.#startUs;
    this.#startUs = this.#output.endUs;
  }
}
