import { assert } from '../../core/assert.ts';

/** Who waits for admission, in the order in which the engine will try them. */
export interface WaitingQueue<T> {
  readonly length: number;
  front(): T;
  popFront(): T;
  /** A new arrival. */
  add(item: T): void;
  /** One that was preempted, or stepped aside for the length of a step. */
  putBack(item: T): void;
  /** One of those waiting leaves for good; the order of the others stays. */
  remove(item: T): void;
}

/** First come, first served, on a ring: preempted requests go back to the head in constant time. */
export class ArrivalOrder<T> implements WaitingQueue<T> {
  #ring: (T | undefined)[] = new Array(4);
  #head = 0;
  /** Places taken, also by those who have left. */
  #length = 0;
  /** Who has left and still stands in the ring: to close the gap at once would move half of it. */
  #left: Set<T> | undefined = undefined;

  get length(): number {
    return this.#left === undefined ? this.#length : this.#length - this.#left.size;
  }

  add(item: T): void {
    this.#growIfFull();
    this.#ring[(this.#head + this.#length) % this.#ring.length] = item;
    this.#length += 1;
  }

  putBack(item: T): void {
    this.#growIfFull();
    this.#head = (this.#head + this.#ring.length - 1) % this.#ring.length;
    this.#ring[this.#head] = item;
    this.#length += 1;
  }

  front(): T {
    if (this.#left !== undefined) this.#skipLeft(this.#left);
    assert(this.#length > 0, 'nothing is waiting');
    return this.#ring[this.#head]!;
  }

  popFront(): T {
    const item = this.front();
    this.#popHead();
    return item;
  }

  remove(item: T): void {
    this.#left ??= new Set();
    this.#left.add(item);
  }

  #skipLeft(left: Set<T>): void {
    while (this.#length > 0 && left.delete(this.#ring[this.#head]!)) this.#popHead();
  }

  #popHead(): void {
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#length -= 1;
  }

  #growIfFull(): void {
    if (this.#length < this.#ring.length) return;
    const items = Array.from({ length: this.length }, () => this.popFront());
    this.#left = undefined;
    this.#length = 0;
    this.#ring = new Array(this.#ring.length * 2);
    this.#head = 0;
    for (const item of items) this.add(item);
  }
}
