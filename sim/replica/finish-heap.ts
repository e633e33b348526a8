import type { Sequence } from './sequence.ts';

/** Decoding sequences by the step that brings their last token, then by admission. */
export class FinishHeap {
  readonly #heap: Sequence[] = [];

  get length(): number {
    return this.#heap.length;
  }

  /** The next to finish. */
  get first(): Sequence | undefined {
    return this.#heap[0];
  }

  push(sequence: Sequence): void {
    this.#heap.push(sequence);
    this.#siftUp(sequence, this.#heap.length - 1);
  }

  remove(sequence: Sequence): void {
    const at = sequence.heapPosition;
    if (at < 0) return;
    sequence.heapPosition = -1;
    const last = this.#heap.pop()!;
    if (last === sequence) return;
    this.#siftUp(last, at);
    this.#siftDown(last, last.heapPosition);
  }

  #siftUp(sequence: Sequence, from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent]!;
      if (!isBefore(sequence, above)) break;
      this.#put(above, at);
      at = parent;
    }
    this.#put(sequence, at);
  }

  #siftDown(sequence: Sequence, from: number): void {
    let at = from;
    const { length } = this.#heap;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(this.#heap[child + 1]!, this.#heap[child]!)) child += 1;
      const below = this.#heap[child]!;
      if (!isBefore(below, sequence)) break;
      this.#put(below, at);
      at = child;
    }
    this.#put(sequence, at);
  }

  #put(sequence: Sequence, at: number): void {
    this.#heap[at] = sequence;
    sequence.heapPosition = at;
  }
}

function isBefore(a: Sequence, b: Sequence): boolean {
  if (a.finishStep !== b.finishStep) return a.finishStep < b.finishStep;
  return a.admissionNumber < b.admissionNumber;
}
