import type { Sequence } from './sequence.ts';

/**
 * Decoding sequences by the step that brings their last token; those of one step are put in order
 * by whoever takes them out. The keys stand beside the heap, not in the sequences: to sift looks at
 * many, and these lie far apart in memory.
 */
export class FinishHeap {
  readonly #sequences: Sequence[] = [];
  #steps = new Float64Array(8);

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
    const { finishStep } = sequence;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#steps[parent]! <= finishStep) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(sequence, at);
    return at;
  }

  #siftDown(sequence: Sequence, from: number): void {
    const { finishStep } = sequence;
    const { length } = this.#sequences;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && this.#steps[right]! < this.#steps[child]!) child = right;
      if (this.#steps[child]! >= finishStep) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(sequence, at);
  }

  #move(from: number, to: number): void {
    this.#sequences[to] = this.#sequences[from]!;
    this.#steps[to] = this.#steps[from]!;
  }

  #put(sequence: Sequence, at: number): void {
    this.#sequences[at] = sequence;
    this.#steps[at] = sequence.finishStep;
  }

  #grow(): void {
    const steps = new Float64Array(2 * this.#steps.length);
    steps.set(this.#steps);
    this.#steps = steps;
  }
}
