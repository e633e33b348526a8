const fewest = 64;
const nobody = -1;

/** Numbers from 0 in the order of their last use: a list through two arrays. */
export class UseOrder {
  #older = new Int32Array(fewest);
  #newer = new Int32Array(fewest);
  #oldest = nobody;
  #newest = nobody;

  /** The one unused longest; -1 when there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  /** As the newest. */
  add(one: number): void {
    this.#fit(one);
    this.#link(one, this.#newest, nobody);
  }

  /** Next to another, as the one that is older. */
  addBelow(one: number, other: number): void {
    this.#fit(one);
    this.#link(one, this.#older[other]!, other);
  }

  remove(one: number): void {
    const older = this.#older[one]!;
    const newer = this.#newer[one]!;
    if (older === nobody) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === nobody) this.#newest = older;
    else this.#older[newer] = older;
  }

  #link(one: number, older: number, newer: number): void {
    this.#older[one] = older;
    this.#newer[one] = newer;
    if (older === nobody) this.#oldest = one;
    else this.#newer[older] = one;
    if (newer === nobody) this.#newest = one;
    else this.#older[newer] = one;
  }

  #fit(one: number): void {
    if (one < this.#older.length) return;
    const length = 2 * Math.max(one, this.#older.length);
    const [older, newer] = [new Int32Array(length), new Int32Array(length)];
    older.set(this.#older);
    newer.set(this.#newer);
    this.#older = older;
    this.#newer = newer;
  }
}
