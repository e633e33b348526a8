import { emptyList } from '../../core/empty-list.ts';
import { clearShape, emptyShape, type StepShape } from '../step-time/step-time.ts';
import type { EngineState } from './engine-state.ts';
import type { Sequence } from './sequence.ts';
import type { StepPlan } from './step-plan.ts';

/** The step that is being put together. */
export class StepBuilder {
  step = 0;
  nowUs = 0;
  budget = 0;
  /** Where its end is prepared, and that of the step before. */
  plan!: StepPlan;
  previous!: StepPlan;
  /** Sequences outside the batch that compute something in it. */
  readonly chunks: Sequence[] = [];
  readonly shape: StepShape = emptyShape();
  readonly #engine: EngineState;

  constructor(engine: EngineState) {
    this.#engine = engine;
  }

  begin({ plan, previous }: { plan: StepPlan; previous: StepPlan }, nowUs: number): void {
    this.step = this.#engine.scheduled + 1;
    this.nowUs = nowUs;
    this.budget = this.#engine.config.maxNumBatchedTokens;
    this.plan = plan;
    this.previous = previous;
    emptyList(this.chunks);
    plan.clear();
  }

  /**
   * How many tokens of a sequence the budget and the threshold let through. The model's length has
   * no say: an answer ends before there is no room for its tokens.
   */
  chunk(sequence: Sequence, budget: number): number {
    const { longPrefillTokenThreshold } = this.#engine.config;
    return Math.min(sequence.tokens - sequence.computed, longPrefillTokenThreshold, budget);
  }

  /** vLLM counts tokens as computed when they are scheduled, not when the step has run. */
  give(sequence: Sequence, tokens: number): void {
    this.#engine.kvCache.grow(sequence, tokens, this.step);
    this.budget -= tokens;
    sequence.computed += tokens;
    sequence.givenStep = this.step;
    sequence.givenTokens = tokens;
    if (Number.isNaN(sequence.scheduledUs)) sequence.scheduledUs = this.nowUs;
    this.chunks.push(sequence);
  }

  /** A sequence loses what it was given in this step; its tokens return to the budget. */
  takeBack(sequence: Sequence): void {
    if (sequence.givenStep !== this.step) return;
    this.budget += sequence.givenTokens;
    const at = this.chunks.indexOf(sequence);
    if (at >= 0) this.chunks.splice(at, 1);
  }

  /** Describes the whole step for the step-time model. */
  describe(): StepShape {
    const { shape } = this;
    const { batch } = this.#engine;
    clearShape(shape);
    shape.decodeSeqs = batch.size;
    shape.decodeContext = batch.nextContext;
    for (const { computed, givenTokens: tokens } of this.chunks) {
      const history = computed - tokens;
      if (tokens === 1 && history > 0) {
        shape.decodeSeqs += 1;
        shape.decodeContext += computed;
      } else {
        shape.prefillTokens += tokens;
        shape.prefillAttention += tokens * (history + tokens / 2);
        shape.prefillHistory += history;
      }
    }
    shape.sequences = batch.size + this.chunks.length;
    return shape;
  }
}
