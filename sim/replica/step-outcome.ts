import { emptyList } from '../../core/empty-list.ts';
import { countEnd } from './engine-counters.ts';
import type { EngineState } from './engine-state.ts';
import type { Sequence } from './sequence.ts';
import type { StepPlan } from './step-plan.ts';

/** What the end of a step brings to those who wait for it, in the order of the step. */
export interface StepEnd {
  readonly started: readonly Sequence[];
  readonly finished: readonly Sequence[];
}

/** Who gets a token at the end of a step, and whose last one it is. */
export class StepOutcome {
  readonly #state: EngineState;
  /** Sequences whose last token comes from the step in flight (asynchronous scheduling). */
  readonly #ending: Sequence[] = [];
  readonly #end = { started: [] as Sequence[], finished: [] as Sequence[] };

  constructor(state: EngineState) {
    this.#state = state;
  }

  /** Whether the step in flight brings somebody's last token. */
  get isExpected(): boolean {
    return this.#ending.length > 0;
  }

  /** Of those whose last token is in flight, the engine schedules only whom it does not know of. */
  setAsideEnding(): void {
    const { batch, scheduled } = this.#state;
    const { finishing } = batch;
    for (;;) {
      const sequence = finishing.first;
      if (sequence === undefined || sequence.finishStep > scheduled) return;
      finishing.remove(sequence);
      this.#ending.push(sequence);
      if (sequence.knowsEnd) this.#state.leaveBatch(sequence, scheduled);
    }
  }

  /** Of a step that has just ended. The answer is only lent. */
  collect(plan: StepPlan, step: number): StepEnd {
    const { started, finished } = this.#end;
    emptyList(started);
    emptyList(finished);
    if (plan.completing.length > 0) this.#emitFirst(plan);
    this.#collectFinished(step);
    if (plan.leavers.length > 0) this.#emitLeavers(plan);
    sortByAdmission(finished);
    for (const sequence of finished) {
      countEnd(this.#state.counters, sequence);
      this.#state.drop(sequence);
    }
    return this.#end;
  }

  #emitFirst({ completing }: StepPlan): void {
    for (const sequence of completing) {
      if (sequence.isAborted) continue;
      if (sequence.generated === 0) this.#end.started.push(sequence);
      this.#state.output.emit(sequence);
      if (sequence.generated === sequence.finalTokens) {
        this.#state.batch.finishing.remove(sequence);
        sequence.unsettledFrom = 0;
        this.#end.finished.push(sequence);
      } else if (sequence.inBatch) {
        this.#state.output.steady += 1;
      }
    }
  }

  #collectFinished(step: number): void {
    const { finishing } = this.#state.batch;
    for (let first = finishing.first; first?.finishStep === step; first = finishing.first) {
      finishing.remove(first);
      if (!first.isAborted) this.#end.finished.push(first);
    }
    for (const sequence of this.#ending) {
      const { unsettledFrom } = sequence;
      if (unsettledFrom > 0 && unsettledFrom <= step) this.#end.finished.push(sequence);
    }
    emptyList(this.#ending);
  }

  #emitLeavers({ leavers }: StepPlan): void {
    for (const sequence of leavers) {
      if (sequence.isAborted) continue;
      this.#state.output.emit(sequence);
      if (sequence.generated === sequence.finalTokens) this.#end.finished.push(sequence);
      else if (sequence.state === 'running') {
        this.#state.kvCache.register(sequence, sequence.tokens - 1);
      }
    }
  }
}

/** They are few and nearly in order; `sort` would allocate for each list of two. */
function sortByAdmission(sequences: Sequence[]): void {
  for (let i = 1; i < sequences.length; i++) {
    const sequence = sequences[i]!;
    let at = i;
    for (; at > 0 && sequences[at - 1]!.admissionNumber > sequence.admissionNumber; at--) {
      sequences[at] = sequences[at - 1]!;
    }
    sequences[at] = sequence;
  }
}
