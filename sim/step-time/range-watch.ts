import type { StepShape, StepTimeModel } from './step-time.ts';

/** A step-time model that counts how often it was asked for more than was ever measured. */
export class RangeWatch implements StepTimeModel {
  asked = 0;
  outside = 0;
  readonly #model: StepTimeModel;

  constructor(model: StepTimeModel) {
    this.#model = model;
  }

  stepUs(shape: Readonly<StepShape>): number {
    this.asked += 1;
    if (this.outsideRange(shape)) this.outside += 1;
    return this.#model.stepUs(shape);
  }

  decodeGrowthUs(decodeSeqs: number, decodeContext: number): number {
    return this.#model.decodeGrowthUs(decodeSeqs, decodeContext);
  }

  evenSteps(decodeSeqs: number, decodeContext: number): number {
    return this.#model.evenSteps?.(decodeSeqs, decodeContext) ?? Number.POSITIVE_INFINITY;
  }

  outsideRange(shape: Readonly<StepShape>): boolean {
    return this.#model.outsideRange?.(shape) ?? false;
  }
}
