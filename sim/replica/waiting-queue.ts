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
  /** Keeps the order of the others. */
  removeWhere(unwanted: (item: T) => boolean): void;
}

/** First come, first served, on a ring: preempted requests go back to the head in constant time. */
export class ArrivalOrder<T> implements WaitingQueue<T> {
  #ring: (T | undefined)[] = new Array(16);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
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
    assert(this.#length > 0, 'nothing is waiting');
    return this.#ring[this.#head]!;
  }

  popFront(): T {
    const item = this.front();
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#length -= 1;
    return item;
  }

  removeWhere(unwanted: (item: T) => boolean): void {
    for (let left = this.#length; left > 0; left--) {
      const item = this.popFront();
      if (!unwanted(item)) this.add(item);
    }
  }

  #growIfFull(): void {
    if (this.#length < this.#ring.length) return;
    const items = Array.from({ length: this.#length }, () => this.popFront());
    this.#ring = new Array(this.#ring.length * 2);
    this.#head = 0;
    for (const item of items) this.add(item);
  }
}
