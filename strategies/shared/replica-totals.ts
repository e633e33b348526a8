/** A number for each replica, by its index; zero for one never heard of. */
export class ReplicaTotals {
  #values = new Float64Array(64);

  get(replica: number): number {
    return replica < this.#values.length ? this.#values[replica]! : 0;
  }

  set(replica: number, value: number): void {
    this.#reach(replica);
    this.#values[replica] = value;
  }

  add(replica: number, amount: number): void {
    this.#reach(replica);
    this.#values[replica]! += amount;
  }

  #reach(replica: number): void {
    if (replica < this.#values.length) return;
    const more = new Float64Array(2 * (replica + 1));
    more.set(this.#values);
    this.#values = more;
  }
}
