/** How often something happened to each replica within a window that slides by a part at a time. */
export class SlidingCount {
  readonly #partUs: number;
  readonly #parts: number;
  #counts = new Int32Array(0);
  #sums = new Int32Array(0);
  /** The number of the part of time that was written last. */
  #latest = new Float64Array(0);

  constructor(windowUs: number, parts: number) {
    this.#partUs = windowUs / parts;
    this.#parts = parts;
  }

  add(index: number, nowUs: number): void {
    if (index >= this.#sums.length) this.#grow(2 * (index + 1));
    const at = this.#advance(index, nowUs);
    this.#counts[at]! += 1;
    this.#sums[index]! += 1;
  }

  count(index: number, nowUs: number): number {
    if (index >= this.#sums.length) return 0;
    this.#advance(index, nowUs);
    return this.#sums[index]!;
  }

  clear(index: number): void {
    if (index >= this.#sums.length) return;
    this.#sums[index] = 0;
    this.#counts.fill(0, index * this.#parts, (index + 1) * this.#parts);
  }

  /** Takes out what the window has left behind; returns where the present is counted. */
  #advance(index: number, nowUs: number): number {
    const begin = index * this.#parts;
    const now = Math.floor(nowUs / this.#partUs);
    const from = Math.max(this.#latest[index]! + 1, now - this.#parts + 1);
    for (let part = from; part <= now; part++) {
      const at = begin + (part % this.#parts);
      this.#sums[index]! -= this.#counts[at]!;
      this.#counts[at] = 0;
    }
    this.#latest[index] = now;
    return begin + (now % this.#parts);
  }

  #grow(replicas: number): void {
    const [counts, sums, latest] = [this.#counts, this.#sums, this.#latest];
    this.#counts = new Int32Array(replicas * this.#parts);
    this.#counts.set(counts);
    this.#sums = new Int32Array(replicas);
    this.#sums.set(sums);
    this.#latest = new Float64Array(replicas);
    this.#latest.set(latest);
  }
}
