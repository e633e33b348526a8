/**
 * Steps of an unchanging decode batch: each is longer than the one before by the same `growthUs`,
 * so the end of any of them is a closed form. Ends are counted from the unrounded start of the run
 * and rounded one by one, so that it makes no difference how many are taken at once. A step that
 * cannot be repeated is a run of its own.
 */
export class StepRun {
  firstStep = 0;
  originUs = 0;
  stepUs = 0;
  growthUs = 0;
  /** The last one that may follow: from there on steps grow by something else. */
  lastStep = Number.POSITIVE_INFINITY;

  /** The unrounded end of a step of this run. */
  endUs(step: number): number {
    const k = step - this.firstStep + 1;
    return this.originUs + (k * this.stepUs + (this.growthUs * (k * (k - 1))) / 2);
  }

  durationUs(step: number): number {
    return this.stepUs + this.growthUs * (step - this.firstStep);
  }

  /** The last step whose rounded end is not after `untilUs`; `firstStep - 1` when there is none. */
  lastStepBy(untilUs: number): number {
    // The stable form of the root: the textbook's cancels when the growth is tiny.
    const left = untilUs + 0.5 - this.originUs;
    if (left <= 0) return this.firstStep - 1;
    const b = this.stepUs - this.growthUs / 2;
    const root = Math.sqrt(b * b + 2 * this.growthUs * left);
    let step = this.firstStep - 1 + Math.floor((2 * left) / (b + root));
    while (Math.round(this.endUs(step + 1)) <= untilUs) step += 1;
    while (step >= this.firstStep && Math.round(this.endUs(step)) > untilUs) step -= 1;
    return step;
  }
}
