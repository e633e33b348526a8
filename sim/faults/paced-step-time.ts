import type { StepShape, StepTimeModel } from '../step-time/step-time.ts';

/** Steps that take `factor` times as long as another model says. */
export class PacedStepTime implements StepTimeModel {
  /** Changed only right after the engines were told, which take runs of steps in closed form. */
  factor = 1;
  readonly #model: StepTimeModel;

  constructor(model: StepTimeModel) {
    this.#model = model;
  }

  stepUs(shape: Readonly<StepShape>): number {
    return this.factor * this.#model.stepUs(shape);
  }

  decodeGrowthUs(decodeSeqs: number, decodeContext: number): number {
    return this.factor * this.#model.decodeGrowthUs(decodeSeqs, decodeContext);
  }

  evenSteps(decodeSeqs: number, decodeContext: number): number {
    return this.#model.evenSteps?.(decodeSeqs, decodeContext) ?? Number.POSITIVE_INFINITY;
  }

  outsideRange(shape: Readonly<StepShape>): boolean {
    return this.#model.outsideRange?.(shape) ?? false;
  }
}
