/** What each replica was given within a window that slides by a part of its length at a time. */
export class SlidingSum {
  readonly #partUs: number;
  readonly #parts: number;
  #amounts = new Float64Array(0);
  #sums = new Float64Array(0);
  /** The number of the part of time that was written last. */
  #latest = new Float64Array(0);

  constructor(windowUs: number, parts: number) {
    this.#partUs = windowUs / parts;
    this.#parts = parts;
  }

  add(index: number, amount: number, nowUs: number): void {
    if (index >= this.#sums.length) this.#grow(2 * (index + 1));
    this.#advance(index, nowUs);
    const part = Math.floor(nowUs / this.#partUs) % this.#parts;
    this.#amounts[index * this.#parts + part]! += amount;
    this.#sums[index]! += amount;
  }

  get(index: number, nowUs: number): number {
    if (index >= this.#sums.length) return 0;
    this.#advance(index, nowUs);
    return this.#sums[index]!;
  }

  clear(index: number): void {
    if (index >= this.#sums.length) return;
    this.#sums[index] = 0;
    this.#amounts.fill(0, index * this.#parts, (index + 1) * this.#parts);
  }

  /** Takes out what the window has left behind. */
  #advance(index: number, nowUs: number): void {
    const now = Math.floor(nowUs / this.#partUs);
    const from = Math.max(this.#latest[index]! + 1, now - this.#parts + 1);
    for (let part = from; part <= now; part++) {
      const at = index * this.#parts + (part % this.#parts);
      // Rounding must not leave less than nothing.
      this.#sums[index] = Math.max(0, this.#sums[index]! - this.#amounts[at]!);
      this.#amounts[at] = 0;
    }
    this.#latest[index] = now;
  }

  #grow(replicas: number): void {
    const [amounts, sums, latest] = [this.#amounts, this.#sums, this.#latest];
    this.#amounts = new Float64Array(replicas * this.#parts);
    this.#amounts.set(amounts);
    this.#sums = new Float64Array(replicas);
    this.#sums.set(sums);
    this.#latest = new Float64Array(replicas);
    this.#latest.set(latest);
  }
}
