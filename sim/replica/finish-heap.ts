import type { Sequence } from './sequence.ts';

/**
 * Decoding sequences by the step that brings their last token, then by admission. The keys stand
 * beside the heap, not in the sequences: to sift looks at many, and these lie far apart in memory.
 */
export class FinishHeap {
  readonly #sequences: Sequence[] = [];
  #steps = new Float64Array(64);
  #admissions = new Float64Array(64);

  get length(): number {
    return this.#sequences.length;
  }

  /** The next to finish. */
  get first(): Sequence | undefined {
    return this.#sequences[0];
  }

  push(sequence: Sequence): void {
    sequence.isFinishing = true;
    const at = this.#sequences.push(sequence) - 1;
    if (at === this.#steps.length) this.#grow();
    this.#siftUp(sequence, at);
  }

  remove(sequence: Sequence): void {
    if (!sequence.isFinishing) return;
    sequence.isFinishing = false;
    // It is the first, but for one who is aborted or preempted.
    const at = this.#sequences.indexOf(sequence);
    const last = this.#sequences.pop()!;
    if (last === sequence) return;
    const isLater = this.#siftUp(last, at) === at;
    if (isLater) this.#siftDown(last, at);
  }

  #siftUp(sequence: Sequence, from: number): number {
    const { admissionNumber, finishStep } = sequence;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isAfter(parent, finishStep, admissionNumber)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(sequence, at);
    return at;
  }

  #siftDown(sequence: Sequence, from: number): void {
    const { admissionNumber, finishStep } = sequence;
    const { length } = this.#sequences;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && this.#isAfter(child, this.#steps[right]!, this.#admissions[right]!)) {
        child = right;
      }
      if (this.#isAfter(child, finishStep, admissionNumber)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(sequence, at);
  }

  /** Whether whoever stands at this place comes after one of that finish and admission. */
  #isAfter(at: number, finishStep: number, admissionNumber: number): boolean {
    const step = this.#steps[at]!;
    return step > finishStep || (step === finishStep && this.#admissions[at]! > admissionNumber);
  }

  #move(from: number, to: number): void {
    this.#sequences[to] = this.#sequences[from]!;
    this.#steps[to] = this.#steps[from]!;
    this.#admissions[to] = this.#admissions[from]!;
  }

  #put(sequence: Sequence, at: number): void {
    this.#sequences[at] = sequence;
    this.#steps[at] = sequence.finishStep;
    this.#admissions[at] = sequence.admissionNumber;
  }

  #grow(): void {
    const steps = new Float64Array(2 * this.#steps.length);
    const admissions = new Float64Array(2 * this.#steps.length);
    steps.set(this.#steps);
    admissions.set(this.#admissions);
    this.#steps = steps;
    this.#admissions = admissions;
  }
}
