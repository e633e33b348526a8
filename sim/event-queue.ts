import { assert, fail } from '../core/assert.ts';

/**
 * Which process wakes next. Each process has a slot and at most one pending wake, so the heap holds
 * as many entries as there are processes, moving a wake is one sift, and nothing is allocated.
 * Order is (time, slot): equal times never depend on the shape of the heap. A tournament tree is
 * half as long and a tenth slower: most wakes move by a level or two, not to the root.
 */
export class EventQueue {
  #timeUs: Float64Array;
  /** Slots, as a binary heap. */
  #heap: Uint32Array;
  /** Where a slot stands in the heap, plus one; 0 when it has no wake pending. */
  #position: Uint32Array;
  #size = 0;
  /** A slot that was popped and still stands in the heap: most set their next wake at once. */
  #popped = -1;

  constructor(slots: number) {
    this.#timeUs = new Float64Array(slots);
    this.#heap = new Uint32Array(slots);
    this.#position = new Uint32Array(slots);
  }

  get size(): number {
    return this.#popped < 0 ? this.#size : this.#size - 1;
  }

  /** Sets, or moves, the one pending wake of a slot. */
  schedule(slot: number, timeUs: number): void {
    if (!Number.isSafeInteger(timeUs)) fail(`a wake at ${timeUs} us`);
    this.#timeUs[slot] = timeUs;
    if (slot === this.#popped) this.#popped = -1;
    let at = this.#position[slot]! - 1;
    if (at < 0) {
      at = this.#size++;
      this.#put(slot, at);
    }
    this.#siftDown(this.#siftUp(at));
  }

  /** Makes room for one more slot; those from there on move up by one, and nothing else changes. */
  insert(slot: number): void {
    const slots = this.#timeUs.length;
    const [timeUs, heap, position] = [this.#timeUs, this.#heap, this.#position];
    this.#timeUs = new Float64Array(slots + 1);
    this.#timeUs.set(timeUs.subarray(0, slot));
    this.#timeUs.set(timeUs.subarray(slot), slot + 1);
    this.#position = new Uint32Array(slots + 1);
    this.#position.set(position.subarray(0, slot));
    this.#position.set(position.subarray(slot), slot + 1);
    this.#heap = new Uint32Array(slots + 1);
    for (let at = 0; at < this.#size; at++) {
      const moved = heap[at]!;
      this.#heap[at] = moved < slot ? moved : moved + 1;
    }
    if (this.#popped >= slot) this.#popped += 1;
  }

  #remove(slot: number): void {
    this.#popped = -1;
    const at = this.#position[slot]! - 1;
    if (at < 0) return;
    this.#position[slot] = 0;
    const last = this.#heap[--this.#size]!;
    if (last === slot) return;
    this.#put(last, at);
    this.#siftDown(this.#siftUp(at));
  }

  /** The time of the next wake. */
  get nextUs(): number {
    if (this.#popped >= 0) this.#remove(this.#popped);
    assert(this.#size > 0, 'the queue is empty');
    return this.#timeUs[this.#heap[0]!]!;
  }

  /** Removes the next wake and returns its slot. */
  pop(): number {
    if (this.#popped >= 0) this.#remove(this.#popped);
    assert(this.#size > 0, 'the queue is empty');
    this.#popped = this.#heap[0]!;
    return this.#popped;
  }

  #siftUp(from: number): number {
    let at = from;
    const slot = this.#heap[at]!;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent]!;
      if (!this.#before(slot, above)) break;
      this.#put(above, at);
      at = parent;
    }
    this.#put(slot, at);
    return at;
  }

  #siftDown(from: number): void {
    let at = from;
    const slot = this.#heap[at]!;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      const right = child + 1;
      if (right < this.#size && this.#before(this.#heap[right]!, this.#heap[child]!)) child = right;
      const below = this.#heap[child]!;
      if (!this.#before(below, slot)) break;
      this.#put(below, at);
      at = child;
    }
    this.#put(slot, at);
  }

  #put(slot: number, at: number): void {
    this.#heap[at] = slot;
    this.#position[slot] = at + 1;
  }

  #before(a: number, b: number): boolean {
    const byTime = this.#timeUs[a]! - this.#timeUs[b]!;
    if (byTime !== 0) return byTime < 0;
    return a < b;
  }
}
