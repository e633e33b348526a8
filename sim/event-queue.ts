import { assert, fail } from '../core/assert.ts';

/**
 * Which process wakes next. Each has a slot and at most one pending wake; of wakes at the same time
 * the lower slot comes first. A tournament tree (Knuth, TAOCP 3, section 5.4.1): every inner node
 * names the earlier of the two below it, so that setting or moving a wake is one comparison a level
 * on the way to the root, and nothing is allocated.
 */
export class EventQueue {
  /** By slot; never is infinity. */
  readonly #timeUs: Float64Array;
  /** The root is at 1, the two below a node at twice its place, and the slots at the end. */
  readonly #earlier: Uint32Array;
  readonly #slots: number;
  #size = 0;
  /** A slot that was popped and still stands in the tree: most set their next wake at once. */
  #popped = -1;

  constructor(slots: number) {
    this.#slots = 2 ** Math.ceil(Math.log2(Math.max(2, slots)));
    this.#timeUs = new Float64Array(this.#slots).fill(Number.POSITIVE_INFINITY);
    this.#earlier = new Uint32Array(2 * this.#slots);
    for (let slot = 0; slot < this.#slots; slot++) this.#earlier[this.#slots + slot] = slot;
    for (let at = this.#slots - 1; at > 0; at--) this.#earlier[at] = this.#earlier[2 * at]!;
  }

  get size(): number {
    return this.#size;
  }

  /** Sets, or moves, the one pending wake of a slot. */
  schedule(slot: number, timeUs: number): void {
    if (!Number.isSafeInteger(timeUs)) fail(`a wake at ${timeUs} us`);
    if (this.#timeUs[slot] === Number.POSITIVE_INFINITY) this.#size += 1;
    if (slot === this.#popped) this.#popped = -1;
    this.#set(slot, timeUs);
  }

  /** The time of the next wake. */
  get nextUs(): number {
    assert(this.#size > 0, 'the queue is empty');
    return this.#timeUs[this.#first()]!;
  }

  /** Removes the next wake and returns its slot. */
  pop(): number {
    assert(this.#size > 0, 'the queue is empty');
    const slot = this.#first();
    this.#timeUs[slot] = Number.POSITIVE_INFINITY;
    this.#size -= 1;
    this.#popped = slot;
    return slot;
  }

  #first(): number {
    if (this.#popped >= 0) this.#set(this.#popped, Number.POSITIVE_INFINITY);
    this.#popped = -1;
    return this.#earlier[1]!;
  }

  #set(slot: number, atUs: number): void {
    const timeUs = this.#timeUs;
    const earlier = this.#earlier;
    timeUs[slot] = atUs;
    for (let at = (this.#slots + slot) >> 1; at > 0; at >>= 1) {
      const left = earlier[2 * at]!;
      const right = earlier[2 * at + 1]!;
      earlier[at] = timeUs[left]! <= timeUs[right]! ? left : right;
    }
  }
}
