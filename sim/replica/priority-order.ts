import { assert } from '../../core/assert.ts';
import type { Sequence } from './sequence.ts';
import type { WaitingQueue } from './waiting-queue.ts';

/** Lower priority values first, and among equals the one that arrived first: a binary heap. */
export class PriorityOrder implements WaitingQueue<Sequence> {
  readonly #heap: Sequence[] = [];
  /** Who has left and still stands in the heap. */
  readonly #left = new Set<Sequence>();

  get length(): number {
    return this.#heap.length - this.#left.size;
  }

  front(): Sequence {
    while (this.#left.size > 0 && this.#left.delete(this.#heap[0]!)) this.#popTop();
    assert(this.#heap.length > 0, 'nothing is waiting');
    return this.#heap[0]!;
  }

  popFront(): Sequence {
    const front = this.front();
    this.#popTop();
    return front;
  }

  add(sequence: Sequence): void {
    let at = this.#heap.push(sequence) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent]!;
      if (comesBefore(above, sequence)) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = sequence;
  }

  putBack(sequence: Sequence): void {
    this.add(sequence);
  }

  remove(sequence: Sequence): void {
    this.#left.add(sequence);
  }

  #popTop(): void {
    const top = this.#heap[0];
    const last = this.#heap.pop()!;
    if (last !== top) this.#siftDown(last);
  }

  #siftDown(sequence: Sequence): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!comesBefore(heap[child]!, sequence)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = sequence;
  }
}

/** The order of vLLM's `priority` policy; its last is the first to be preempted. */
export function comesBefore(a: Sequence, b: Sequence): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  return a.arrivalNumber < b.arrivalNumber;
}
