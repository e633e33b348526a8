import type { GapHistogram } from '../../core/gap-histogram.ts';
import { inWindow, type MeasuredWindow } from '../../core/measured-window.ts';
import { emptyCounters } from './engine-counters.ts';
import type { Sequence } from './sequence.ts';
import { SlowestStep } from './slowest-step.ts';
import type { StepRun } from './step-run.ts';

/** The tokens that ended steps have brought, and the gaps between them. */
export class TokenOutput {
  /** Number of the last step that has ended. */
  ended = 0;
  /** Its end, rounded and not. */
  endUs = 0;
  exactEndUs = 0;
  /** Sequences that got a token from the last step, or began there, and get one from the next. */
  steady = 0;
  /** Tokens of the last step: of answers, and computed ones of prompts that it completed. */
  stepTokens = 0;
  readonly counters = emptyCounters();
  readonly #slowest = new SlowestStep();
  readonly #gaps: GapHistogram;
  readonly #window: MeasuredWindow;

  constructor({ gaps, window }: { gaps: GapHistogram; window: MeasuredWindow }) {
    this.#gaps = gaps;
    this.#window = window;
  }

  /** Ends the steps of a run up to `last`: each is one more gap for all steady sequences. */
  endSteps(run: StepRun, last: number): void {
    const first = this.ended + 1;
    const exactEndUs = run.endUs(last);
    const endUs = Math.round(exactEndUs);
    if (this.steady > 0) this.#recordGaps(run, first, last, endUs);
    this.counters.generationTokens += this.steady * (last - first + 1);
    this.stepTokens = this.steady;
    this.#slowest.add(last, run.durationUs(last));
    this.ended = last;
    this.endUs = endUs;
    this.exactEndUs = exactEndUs;
  }

  /** The token that a sequence outside the batch got from the step just ended. */
  emit(sequence: Sequence): void {
    if (sequence.generated > 0) {
      const gapUs = this.exactEndUs - sequence.lastTokenExactUs;
      widenGap(sequence, gapUs);
      if (inWindow(this.#window, this.endUs)) this.#gaps.record(Math.round(gapUs), 1);
    } else {
      sequence.firstTokenUs = this.endUs;
      this.counters.promptTokens += sequence.promptTokens;
      this.stepTokens += sequence.promptTokens - sequence.cachedTokens;
    }
    sequence.generated += 1;
    this.counters.generationTokens += 1;
    this.stepTokens += 1;
    sequence.lastTokenExactUs = this.exactEndUs;
  }

  /**
   * Gives a sequence the tokens of all steps that have ended since it joined the batch. True when
   * it was steady, which it no longer is.
   */
  settle(sequence: Sequence): boolean {
    const { unsettledFrom } = sequence;
    const tokens = this.ended - unsettledFrom + 1;
    sequence.unsettledFrom = 0;
    // Below zero, the step that brings its first token is still in flight.
    if (unsettledFrom === 0 || tokens < 0) return false;
    if (tokens > 0) {
      widenGap(sequence, this.#slowest.since(unsettledFrom));
      sequence.generated += tokens;
      sequence.lastTokenExactUs = this.exactEndUs;
    }
    this.steady -= 1;
    return true;
  }

  #recordGaps(run: StepRun, first: number, last: number, lastEndUs: number): void {
    const { fromUs, untilUs } = this.#window;
    if (first === last) {
      if (lastEndUs < fromUs || lastEndUs >= untilUs) return;
      this.#gaps.record(Math.round(run.durationUs(last)), this.steady);
      return;
    }
    let from = first;
    let to = last;
    if (lastEndUs < fromUs) return;
    if (Math.round(run.endUs(first)) < fromUs) from = run.lastStepBy(fromUs - 1) + 1;
    if (lastEndUs >= untilUs) to = run.lastStepBy(untilUs - 1);
    const steps = to - from + 1;
    if (steps > 0) {
      this.#gaps.recordSeries({
        firstUs: run.durationUs(from),
        growthUs: run.growthUs,
        steps,
        count: this.steady,
      });
    }
  }
}

function widenGap(sequence: Sequence, gapUs: number): void {
  sequence.gapMaxUs = sequence.gapMaxUs > gapUs ? sequence.gapMaxUs : gapUs;
}
