import { lowerBound } from '../../core/lower-bound.ts';

/**
 * How long the slowest step since a given one took, for the largest gap between the tokens of a
 * sequence that got one in each of them. A step matters only until a slower one follows, so what is
 * kept is a falling series, and the answer is found by bisection.
 */
export class SlowestStep {
  #steps: Float64Array = new Float64Array(8);
  #durationsUs: Float64Array = new Float64Array(8);
  #length = 0;

  /** Many steps may be added by their last one if none of them was slower. */
  add(step: number, durationUs: number): void {
    while (this.#length > 0 && this.#durationsUs[this.#length - 1]! <= durationUs) {
      this.#length -= 1;
    }
    if (this.#length === this.#steps.length) this.#grow();
    this.#steps[this.#length] = step;
    this.#durationsUs[this.#length++] = durationUs;
  }

  /** Over all steps added from `step` on; NaN when there is none. */
  since(step: number): number {
    const at = lowerBound(this.#steps, step, this.#length);
    return at < this.#length ? this.#durationsUs[at]! : Number.NaN;
  }

  #grow(): void {
    const steps = new Float64Array(2 * this.#length);
    const durationsUs = new Float64Array(2 * this.#length);
    steps.set(this.#steps);
    durationsUs.set(this.#durationsUs);
    this.#steps = steps;
    this.#durationsUs = durationsUs;
  }
}
