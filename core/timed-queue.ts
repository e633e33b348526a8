interface Entry<T> {
  readonly atUs: number;
  readonly order: number;
  readonly item: T;
}

/** What is to happen when; at equal times in the order in which it was put in. */
export class TimedQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #order = 0;

  get length(): number {
    return this.#heap.length;
  }

  get first(): T | undefined {
    return this.#heap[0]?.item;
  }

  /** When the first is due; infinity when there is none. */
  get nextUs(): number {
    return this.#heap[0]?.atUs ?? Number.POSITIVE_INFINITY;
  }

  push(atUs: number, item: T): void {
    const entry = { atUs, order: this.#order++, item };
    let at = this.#heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(this.#heap[parent]!, entry)) break;
      this.#heap[at] = this.#heap[parent]!;
      at = parent;
    }
    this.#heap[at] = entry;
  }

  /** Takes the first; undefined when there is none. */
  pop(): T | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#heap.length > 0) this.#sink(last, 0);
    return first.item;
  }

  /** Drops all the others. */
  keep(isKept: (item: T) => boolean): void {
    const heap = this.#heap;
    let kept = 0;
    for (const entry of heap) {
      if (isKept(entry.item)) heap[kept++] = entry;
    }
    heap.length = kept;
    for (let at = (kept >> 1) - 1; at >= 0; at--) this.#sink(heap[at]!, at);
  }

  #sink(entry: Entry<T>, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(entry, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = entry;
  }
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}
